#include "compiler/diag/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/diag/excerpt.h"
#include "compiler/source/utf8.h"

namespace wend::diag {
namespace {

enum class Paint { none, error, warning, note, secondary, help, gutter, bold };

std::string_view escape_code(Paint paint) {
  switch (paint) {
    case Paint::none:
      return "";
    case Paint::error:
      return "\x1b[1;31m";
    case Paint::warning:
      return "\x1b[1;33m";
    case Paint::note:
      return "\x1b[1;36m";
    case Paint::secondary:
    case Paint::gutter:
      return "\x1b[1;34m";
    case Paint::help:
      return "\x1b[1;32m";
    case Paint::bold:
      return "\x1b[1m";
  }
  return "";
}

Paint paint_of(Severity severity) {
  switch (severity) {
    case Severity::error:
      return Paint::error;
    case Severity::warning:
      return Paint::warning;
    case Severity::note:
      return Paint::note;
  }
  return Paint::none;
}

struct LineMarks {
  std::vector<const Label*> labels;
  std::uint32_t begin = 0;  ///< first marked offset of the line
  std::uint32_t end = 0;
};

/// Writes one diagnostic.
class Writer {
 public:
  Writer(const Diagnostic& diagnostic, const source::Sources& sources, RenderOptions options)
      : diagnostic_(diagnostic), sources_(sources), options_(options), accent_(paint_of(diagnostic.severity())) {}

  std::string write() {
    gutter_width_ = std::to_string(last_line()).size();
    write_title();
    write_places();
    for (const std::string& note : diagnostic_.notes()) write_note(note);
    for (const Help& help : diagnostic_.helps()) write_help(help);
    return std::move(out_);
  }

 private:
  std::string paint(Paint paint, std::string_view text) const {
    if (!options_.colours || paint == Paint::none) return std::string(text);
    return fmt::format("{}{}\x1b[0m", escape_code(paint), text);
  }

  const source::SourceFile& file_of(source::Span span) const { return sources_.file(span.file_id); }

  std::uint32_t last_line() const {
    std::uint32_t last = 1;
    const auto take = [&](source::Span span) {
      if (span.valid()) last = std::max(last, file_of(span).line_of(span.begin));
    };
    take(diagnostic_.span());
    for (const Label& label : diagnostic_.secondaries()) take(label.span);
    for (const Help& help : diagnostic_.helps()) {
      if (help.replacement) take(help.replacement->span);
    }
    return last;
  }

  void write_title() {
    const std::string head = fmt::format("{}[{}]", severity_name(diagnostic_.severity()), code(diagnostic_.kind()));
    out_ += paint(accent_, head) + paint(Paint::bold, ": " + printable(diagnostic_.message())) + "\n";
  }

  std::string gutter(std::string_view number) const { return paint(Paint::gutter, fmt::format("{:>{}} |", number, gutter_width_)); }

  void write_row(std::string_view number, std::string_view text) {
    out_ += gutter(number);
    if (!text.empty()) out_ += fmt::format(" {}", text);
    out_ += "\n";
  }

  void write_places() {
    if (!diagnostic_.span().valid()) return;
    std::vector<source::FileId> files = {diagnostic_.span().file_id};
    for (const Label& label : diagnostic_.secondaries()) {
      if (label.span.valid() && std::find(files.begin(), files.end(), label.span.file_id) == files.end())
        files.push_back(label.span.file_id);
    }
    for (std::size_t index = 0; index < files.size(); ++index) write_file(files[index], index == 0 ? "-->" : ":::");
  }

  /// The marked lines of one file. A span over several lines is marked on its first.
  std::map<std::uint32_t, LineMarks> marked_lines(const source::SourceFile& file) const {
    std::map<std::uint32_t, LineMarks> lines;
    const auto add = [&](const Label& label) {
      if (label.span.file_id != file.file_id()) return;
      const std::uint32_t line = file.line_of(label.span.begin);
      const auto line_end = file.line_begin(line) + static_cast<std::uint32_t>(file.line_text(line).size());
      LineMarks& marks = lines[line];
      const std::uint32_t end = std::min(label.span.end, line_end);
      marks.begin = marks.labels.empty() ? label.span.begin : std::min(marks.begin, label.span.begin);
      marks.end = std::max(marks.end, end);
      marks.labels.push_back(&label);
    };
    add(diagnostic_.primary());
    for (const Label& label : diagnostic_.secondaries()) add(label);
    return lines;
  }

  void write_file(source::FileId file_id, std::string_view arrow) {
    const source::SourceFile& file = sources_.file(file_id);
    const std::map<std::uint32_t, LineMarks> lines = marked_lines(file);
    const bool is_primary = file_id == diagnostic_.span().file_id;
    const std::uint32_t anchor = is_primary ? diagnostic_.span().begin : lines.begin()->second.begin;
    const source::Position position = file.position(anchor);
    out_ += fmt::format("{}{} {}:{}:{}\n", std::string(gutter_width_, ' '), paint(Paint::gutter, arrow), printable(file.path()),
                        position.line, position.column);
    write_row("", "");
    std::uint32_t previous = 0;
    for (const auto& [line, marks] : lines) {
      if (previous != 0 && line == previous + 2) {
        write_row(std::to_string(previous + 1),
                  make_excerpt(file, previous + 1, file.line_begin(previous + 1), file.line_begin(previous + 1)).text);
      } else if (previous != 0 && line > previous + 1) {
        out_ += paint(Paint::gutter, "...") + "\n";
      }
      write_line(file, line, marks);
      previous = line;
    }
  }

  void write_line(const source::SourceFile& file, std::uint32_t line, const LineMarks& marks) {
    const Excerpt excerpt = make_excerpt(file, line, marks.begin, marks.end);
    write_row(std::to_string(line), excerpt.text);
    std::vector<Mark> columns;
    for (const Label* label : marks.labels) {
      const std::size_t begin = column_of(file, excerpt, label->span.begin);
      const std::size_t end = column_of(file, excerpt, std::min(label->span.end, excerpt.end));
      columns.push_back(
          {begin, std::max<std::size_t>(1, end > begin ? end - begin : 1), label == &diagnostic_.primary(), printable(label->text)});
    }
    for (const MarkRow& row : lay_out_marks(std::move(columns))) write_row("", paint_row(row));
  }

  std::string paint_row(const MarkRow& row) const {
    struct Cell {
      std::string text = " ";
      Paint paint = Paint::none;
    };
    std::vector<Cell> cells;
    for (const MarkRow::Piece& piece : row.pieces) {
      std::size_t column = piece.column;
      for (std::size_t offset = 0; offset < piece.text.size();) {
        const std::size_t length = source::utf8_length_at(piece.text, offset);
        if (cells.size() <= column) cells.resize(column + 1);
        cells[column++] = {piece.text.substr(offset, length), piece.primary ? accent_ : Paint::secondary};
        offset += length;
      }
    }
    std::string text;
    for (std::size_t begin = 0; begin < cells.size();) {
      std::size_t end = begin;
      std::string run;
      while (end < cells.size() && cells[end].paint == cells[begin].paint) run += cells[end++].text;
      text += paint(cells[begin].paint, run);
      begin = end;
    }
    return text;
  }

  void write_note(const std::string& note) {
    out_ += fmt::format("{} {} {}\n", std::string(gutter_width_, ' '), paint(Paint::gutter, "="),
                        paint(Paint::bold, "note") + ": " + printable(note));
  }

  void write_help(const Help& help) {
    if (!help.replacement || !help.replacement->span.valid()) {
      out_ += fmt::format("{} {} {}\n", std::string(gutter_width_, ' '), paint(Paint::gutter, "="),
                          paint(Paint::help, "help") + ": " + printable(help.message));
      return;
    }
    out_ += paint(Paint::help, "help") + ": " + printable(help.message) + "\n";
    write_replacement(*help.replacement);
  }

  /// Shows the line as it would read, the new part underlined with `+` (insertion) or `~` (replacement).
  void write_replacement(const Replacement& replacement) {
    const source::SourceFile& file = file_of(replacement.span);
    const std::uint32_t line = file.line_of(replacement.span.begin);
    const Excerpt excerpt = make_excerpt(file, line, replacement.span.begin, replacement.span.end);
    const std::size_t column = column_of(file, excerpt, replacement.span.begin);
    const source::Span before{file.file_id(), excerpt.begin, std::max(excerpt.begin, replacement.span.begin)};
    const source::Span after{file.file_id(), std::min(replacement.span.end, excerpt.end), excerpt.end};
    const std::string lead = excerpt.lead_columns > 0 ? "…" : "";
    const std::string shown = printable(replacement.text);
    std::string text = lead + printable(file.text(before)) + paint(Paint::help, shown) + printable(file.text(after));
    while (!text.empty() && text.back() == ' ') text.pop_back();
    write_row("", "");
    write_row(std::to_string(line), text);
    if (shown.empty()) return;
    const char mark = replacement.span.length() == 0 ? '+' : '~';
    write_row("", std::string(column, ' ') + paint(Paint::help, std::string(source::display_width(shown), mark)));
  }

  const Diagnostic& diagnostic_;
  const source::Sources& sources_;
  RenderOptions options_;
  Paint accent_;
  std::size_t gutter_width_ = 1;
  std::string out_;
};

std::string counted(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const source::Sources& sources, RenderOptions options) {
  return Writer(diagnostic, sources, options).write();
}

std::string render_all(const Sink& sink, const source::Sources& sources, RenderOptions options) {
  if (sink.diagnostics().empty()) return "";
  std::string out;
  for (const Diagnostic& diagnostic : sink.sorted()) out += render(diagnostic, sources, options) + "\n";
  std::string summary;
  if (sink.error_count() > 0) summary = counted(sink.error_count(), "error");
  if (sink.warning_count() > 0) summary += (summary.empty() ? "" : ", ") + counted(sink.warning_count(), "warning");
  const std::size_t hidden = sink.error_count() + sink.warning_count() - sink.diagnostics().size();
  if (hidden > 0) summary += fmt::format(" ({} not shown)", hidden);
  return out + summary + "\n";
}

}  // namespace wend::diag
