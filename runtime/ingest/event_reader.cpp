#include "runtime/ingest/event_reader.h"

#include <fmt/format.h>

#include <set>

#include "runtime/ingest/avro_source.h"
#include "runtime/ingest/csv_decoder.h"
#include "runtime/ingest/csv_source.h"
#include "runtime/ingest/line_source.h"
#include "runtime/ingest/segment_decoder.h"
#include "runtime/ingest/sorted_source.h"

namespace wend::ingest {
namespace {

std::string file_name(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

InputFormat format_of(const ReaderOptions& options) {
  if (options.config.format != InputFormat::automatic) return options.config.format;
  for (const std::string_view packed : {"", ".gz", ".zst"}) {
    if (options.path.ends_with(fmt::format(".csv{}", packed))) return InputFormat::csv;
    if (options.path.ends_with(fmt::format(".avro{}", packed))) return InputFormat::avro;
  }
  return InputFormat::segment;
}

// Text of UTF-16 begins with a mark, or has a zero byte beside its first letter, which is one of JSON or of a column's name.
bool is_utf16(std::string_view text) {
  if (text.size() < 2) return false;
  return text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") || (text[0] == '\0') != (text[1] == '\0');
}

// One word about the whole file, instead of one about each of its lines.
std::expected<void, InputError> check_encoding(const ReaderOptions& options, RecordBuffer& buffer) {
  if (auto filled = buffer.fill(); !filled) return std::unexpected(filled.error());
  if (!is_utf16(buffer.window())) return {};
  return std::unexpected(InputError{fmt::format(
      "events file `{}` is not_utf8: it is text in UTF-16; write it as UTF-8, for example with `iconv -f UTF-16 -t UTF-8`", options.path)});
}

struct Input {
  std::unique_ptr<RecordSource> source;
  std::unique_ptr<EventDecoder> decoder;
};

std::expected<Input, InputError> open_csv(const bytecode::Program& program, const ZoneTable& zones, const ReaderOptions& options,
                                          RecordBuffer buffer) {
  if (!options.config.csv) {
    return std::unexpected(
        InputError{fmt::format("events file `{}`: rows of CSV need a mapping, the table [run.csv] in wend.toml", options.path)});
  }
  const CsvConfig& csv = *options.config.csv;
  auto source = CsvSource::open(std::move(buffer), {csv.delimiter, csv.quote}, csv.header, csv.group_by);
  if (!source) return std::unexpected(source.error());
  auto decoder = make_csv_decoder(program, zones, csv, (*source)->columns());
  if (!decoder) return std::unexpected(InputError{fmt::format("events file `{}`, mapping [run.csv]: {}", options.path, decoder.error())});
  return Input{std::move(*source), std::move(*decoder)};
}

std::expected<Input, InputError> open_avro(const bytecode::Program& program, const ZoneTable& zones, const ReaderOptions& options,
                                           RecordBuffer buffer) {
  if (!options.config.avro) {
    return std::unexpected(
        InputError{fmt::format("events file `{}`: records of Avro need a mapping, the table [run.avro] in wend.toml", options.path)});
  }
  std::set<std::string> names;
  for (const bytecode::Event& event : program.events) {
    names.insert(event.wire);
    names.insert(event.also.begin(), event.also.end());
  }
  auto source = AvroSource::open(std::move(buffer), *options.config.avro, std::move(names));
  if (!source) return std::unexpected(source.error());
  return Input{std::move(*source), make_segment_decoder(program, zones)};
}

std::expected<Input, InputError> open_input(const bytecode::Program& program, const ZoneTable& zones, const ReaderOptions& options,
                                            RecordBuffer buffer) {
  const InputFormat format = format_of(options);
  if (format == InputFormat::avro) return open_avro(program, zones, options, std::move(buffer));
  if (auto checked = check_encoding(options, buffer); !checked) return std::unexpected(checked.error());
  if (format == InputFormat::csv) return open_csv(program, zones, options, std::move(buffer));
  return Input{std::make_unique<LineSource>(std::move(buffer)), make_segment_decoder(program, zones)};
}

class FileReader final : public EventReader {
 public:
  FileReader(Input input, VirtualClock clock) : input_(std::move(input)), clock_(clock) {}

  std::expected<bool, InputError> next(const BatchLimits& limits, InputBatch& batch) override {
    batch.clear();
    if (error_) return std::unexpected(*error_);
    Record record;
    while (batch.size() < limits.entries && batch.byte_count() < limits.bytes && batch.intake.records < limits.records) {
      const auto more = input_.source->next(record);
      if (!more) {
        // What stands before the place that cannot be read is taken in first.
        error_ = more.error();
        if (batch.intake.records == 0) return std::unexpected(*error_);
        break;
      }
      if (!*more) break;
      input_.decoder->decode(record, clock_, batch);
    }
    batch.cursor = input_.source->cursor();
    return batch.intake.records > 0;
  }

 private:
  Input input_;
  VirtualClock clock_;
  std::optional<InputError> error_;  // met behind the records of the last batch
};

}  // namespace

std::expected<std::unique_ptr<EventReader>, InputError> EventReader::open(const bytecode::Program& program, const ZoneTable& zones,
                                                                          const ReaderOptions& options) {
  auto bytes = ByteSource::open(options.path);
  if (!bytes) return std::unexpected(bytes.error());
  RecordBuffer buffer(std::move(*bytes), file_name(options.path));
  auto opened = open_input(program, zones, options, std::move(buffer));
  if (!opened) return std::unexpected(opened.error());
  Input input = std::move(*opened);
  if (options.sort) {
    auto sorted = SortedSource::read_all(*input.source, *input.decoder);
    if (!sorted) return std::unexpected(sorted.error());
    input.source = std::move(*sorted);
  }
  const engine::SourceCursor& begin = input.source->cursor();
  if (options.resume_at.records > 0) {
    if (begin.source != options.resume_at.source) {
      return std::unexpected(InputError{
          fmt::format("events file `{}`: this data folder was fed from `{}`; go on with that one, or give another folder with --data",
                      begin.source, options.resume_at.source)});
    }
    if (auto skipped = input.source->skip_to(options.resume_at); !skipped) return std::unexpected(skipped.error());
  }
  return std::make_unique<FileReader>(std::move(input), VirtualClock(options.machine_now, options.virtual_now));
}

}  // namespace wend::ingest
