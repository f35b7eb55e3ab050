#include "compiler/format/align.h"

#include <algorithm>

#include "compiler/format/format.h"

namespace wend::format {
namespace {

/// Rows that differ by more columns than this are not aligned: one long name would push all the others away.
std::size_t spread_max(RowKind kind) {
  switch (kind) {
    case RowKind::enum_decl:
    case RowKind::record_decl:
    case RowKind::event_decl:
    case RowKind::denial:
    case RowKind::message_body:
    case RowKind::wait_handler:
      return 8;
    case RowKind::exit_rule:
    case RowKind::goal:
    case RowKind::setting:
    case RowKind::experiment_arm:
    case RowKind::body_part:
    case RowKind::import_name:
    case RowKind::match_arm:
      return 16;
    case RowKind::field:
    case RowKind::named_value:
      return 32;
  }
  return 0;
}
/// The same for comments at the ends of lines.
constexpr std::size_t k_comment_spread_max = 40;
constexpr std::size_t k_comment_distance = 2;
constexpr std::uint32_t k_columns = 4;

class Aligner {
 public:
  explicit Aligner(Lines lines) : lines_(std::move(lines.lines)), rows_(std::move(lines.rows)) {}

  std::string run() {
    std::vector<RowLines*> neighbours;
    for (RowLines& row : rows_) {
      if (!row.begins_line || row.first_line != row.last_line || row.stops.empty()) continue;
      if (!neighbours.empty() && !are_neighbours(*neighbours.back(), row)) align(neighbours);
      neighbours.push_back(&row);
    }
    align(neighbours);
    return text();
  }

 private:
  /// Comments in lines of their own do not part rows; empty lines do.
  bool are_neighbours(const RowLines& first, const RowLines& second) const {
    if (first.kind != second.kind) return false;
    for (std::size_t line = first.first_line + 1; line < second.first_line; ++line) {
      if (!lines_[line].is_comment) return false;
    }
    return true;
  }

  void align(std::vector<RowLines*>& rows) {
    for (std::uint32_t column = 0; column < k_columns && rows.size() > 1; ++column) align_column(rows, column);
    rows.clear();
  }

  static Stop* stop_of(RowLines& row, std::uint32_t column) {
    const auto found = std::find_if(row.stops.begin(), row.stops.end(), [&](const Stop& stop) { return stop.column == column; });
    return found == row.stops.end() ? nullptr : &*found;
  }

  void align_column(const std::vector<RowLines*>& rows, std::uint32_t column) {
    std::vector<RowLines*> run;
    std::size_t least = 0;
    std::size_t most = 0;
    const auto end_run = [&] {
      const bool fits = std::all_of(run.begin(), run.end(), [&](RowLines* row) {
        const std::size_t padding = most - stop_of(*row, column)->position;
        return padding == 0 || lines_[row->first_line].width + padding <= k_width_max;
      });
      if (fits) {
        for (RowLines* row : run) pad(*row, column, most - stop_of(*row, column)->position);
      }
      run.clear();
    };
    for (RowLines* row : rows) {
      const Stop* stop = stop_of(*row, column);
      if (stop == nullptr) continue;
      const std::size_t new_least = run.empty() ? stop->position : std::min(least, stop->position);
      const std::size_t new_most = run.empty() ? stop->position : std::max(most, stop->position);
      if (new_most - new_least > spread_max(row->kind)) {
        end_run();
        least = most = stop->position;
      } else {
        least = new_least;
        most = new_most;
      }
      run.push_back(row);
    }
    end_run();
  }

  void pad(RowLines& row, std::uint32_t column, std::size_t count) {
    Line& line = lines_[row.first_line];
    line.text.insert(stop_of(row, column)->offset, count, ' ');
    line.width += count;
    for (Stop& each : row.stops) {
      if (each.column < column) continue;
      each.offset += count;
      each.position += count;
    }
  }

  std::string text() {
    std::string result;
    for (std::size_t begin = 0; begin < lines_.size();) {
      std::size_t end = begin;
      std::size_t least = lines_[begin].width;
      std::size_t most = least;
      for (; end < lines_.size() && !lines_[end].comment.empty(); ++end) {
        least = std::min(least, lines_[end].width);
        most = std::max(most, lines_[end].width);
        if (most - least <= k_comment_spread_max) continue;
        most = 0;
        for (std::size_t line = begin; line < end; ++line) most = std::max(most, lines_[line].width);
        break;
      }
      if (end == begin) result += lines_[begin++].text + "\n";
      for (; begin < end; ++begin) {
        const Line& line = lines_[begin];
        result += line.text;
        result.append(most + k_comment_distance - line.width, ' ');
        result += line.comment;
        result += '\n';
      }
    }
    return result;
  }

  std::vector<Line> lines_;
  std::vector<RowLines> rows_;
};

}  // namespace

std::string align(Lines lines) {
  return Aligner(std::move(lines)).run();
}

}  // namespace wend::format
