#pragma once

#include <string>
#include <vector>

#include "runtime/ingest/csv_rows.h"
#include "runtime/ingest/record_buffer.h"
#include "runtime/ingest/record_source.h"

namespace wend::ingest {

// One record for every row, or for every run of consecutive rows with equal keys.
class CsvSource final : public RecordSource {
 public:
  // Reads the header, when there is one; its names are in columns(). `group_by` are names of columns.
  static std::expected<std::unique_ptr<CsvSource>, InputError> open(RecordBuffer buffer, CsvDialect dialect, bool header,
                                                                    const std::vector<std::string>& group_by);

  std::expected<bool, InputError> next(Record& record) override;
  const engine::SourceCursor& cursor() override;
  std::expected<void, InputError> skip_to(const engine::SourceCursor& cursor) override;

  const std::vector<std::string>& columns() const { return columns_; }

 private:
  CsvSource(RecordBuffer buffer, CsvDialect dialect) : buffer_(std::move(buffer)), dialect_(dialect), fields_(dialect) {}
  std::expected<void, InputError> read_header(bool header, const std::vector<std::string>& group_by);
  std::expected<RowEnd, InputError> find_row(size_t offset);
  std::expected<RowEnd, InputError> find_last_row(size_t offset, const RowEnd& row);
  std::expected<bool, InputError> skip_empty_lines();
  bool key_of(std::string_view row, std::string& key);
  std::expected<void, InputError> take_group(const RowEnd& first, Record& record);

  RecordBuffer buffer_;
  CsvDialect dialect_;
  CsvFields fields_;
  std::vector<std::string> columns_;
  std::vector<size_t> key_columns_;
  std::string header_;  // its bytes, to be skipped when the source is continued
  size_t pending_ = 0;  // bytes of the record given last
  std::string key_;
  std::string next_key_;
};

}  // namespace wend::ingest
