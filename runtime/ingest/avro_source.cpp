#include "runtime/ingest/avro_source.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "runtime/base/json_text.h"

namespace wend::ingest {

namespace {

constexpr std::string_view k_magic("Obj\x01", 4);
constexpr size_t k_sync_bytes = 16;
constexpr size_t k_metadata_bytes_max = 16 << 20;
constexpr size_t k_metadata_entries_max = 10'000;

// Of a record, or of the only record in a union with null.
const AvroType* record_in(const AvroType& type) {
  if (!type.is_union) return type.shape == avro::Shape::record ? &type : nullptr;
  const AvroType* found = nullptr;
  for (const AvroType* branch : type.branches) {
    if (const AvroType* record = record_in(*branch)) {
      if (found != nullptr) return nullptr;
      found = record;
    }
  }
  return found;
}

// Indexes of the fields that "context.user.id" names; empty: it leads nowhere.
std::vector<size_t> find_path(const AvroType& record, std::string_view names) {
  std::vector<size_t> path;
  const AvroType* at = &record;
  while (!names.empty()) {
    const size_t dot = std::min(names.find('.'), names.size());
    const auto field = at == nullptr ? std::vector<AvroField>::const_iterator()
                                     : std::ranges::find(at->fields, names.substr(0, dot), &AvroField::name);
    if (at == nullptr || field == at->fields.end()) return {};
    path.push_back(static_cast<size_t>(field - at->fields.begin()));
    at = record_in(*field->type);
    names.remove_prefix(std::min(dot + 1, names.size()));
  }
  return path;
}

// Brings `values` to what the path leads to; null: something on the way is null.
const AvroType* walk(AvroValues& values, const AvroType& record, const std::vector<size_t>& path) {
  const AvroType* at = &record;
  for (size_t step = 0; step < path.size(); ++step) {
    for (size_t i = 0; i < path[step]; ++i) {
      if (!values.skip(*at->fields[i].type)) return nullptr;
    }
    at = at->fields[path[step]].type;
    if (step + 1 == path.size()) return at;
    while (at != nullptr && at->is_union) at = values.branch(*at);
    if (at == nullptr || at->shape != avro::Shape::record) return nullptr;
  }
  return at;
}

}  // namespace

InputError AvroSource::damaged(const std::string& what) const {
  if (sync_.empty()) return {fmt::format("events file `{}`: its header is damaged: {}", cursor_.source, what)};
  return {fmt::format("events file `{}`: the block at byte {} is damaged, behind {} whole records: {}", cursor_.source, offset_, given_, what)};
}

std::expected<bool, InputError> AvroSource::has_more() {
  if (!buffer_.window().empty()) return true;
  return buffer_.fill();
}

std::expected<std::string_view, InputError> AvroSource::take_bytes(uint64_t size, const char* what) {
  while (buffer_.window().size() < size) {
    const auto more = buffer_.fill();
    if (!more) return std::unexpected(more.error());
    if (!*more) return std::unexpected(damaged(fmt::format("the file ends inside {}: it was not written or copied to its end", what)));
  }
  const std::string_view bytes = buffer_.window().substr(0, size);
  buffer_.consume(size);
  return bytes;
}

std::expected<int64_t, InputError> AvroSource::take_long(const char* what) {
  uint64_t bits = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = take_bytes(1, what);
    if (!byte) return std::unexpected(byte.error());
    if (shift == 63 && static_cast<unsigned char>((*byte)[0]) > 1) break;  // the tenth byte has room for one bit
    bits |= static_cast<uint64_t>((*byte)[0] & 0x7f) << shift;
    if (((*byte)[0] & 0x80) == 0) return static_cast<int64_t>(bits >> 1) ^ -static_cast<int64_t>(bits & 1);
  }
  return std::unexpected(damaged(fmt::format("{} has a number longer than 64 bits", what)));
}

std::expected<void, InputError> AvroSource::read_metadata(std::string& schema, std::string& codec) {
  size_t bytes = 0;
  size_t entries = 0;
  const auto text = [&](std::string& out) -> std::expected<void, InputError> {
    const auto size = take_long("the header");
    if (!size) return std::unexpected(size.error());
    if (*size < 0 || (bytes += static_cast<size_t>(*size)) > k_metadata_bytes_max) return std::unexpected(damaged("the header is too large"));
    const auto taken = take_bytes(static_cast<uint64_t>(*size), "the header");
    if (!taken) return std::unexpected(taken.error());
    out = *taken;
    return {};
  };
  for (;;) {
    auto count = take_long("the header");
    if (!count) return std::unexpected(count.error());
    if (*count == 0) return {};
    if (*count < 0) {
      if (auto size = take_long("the header"); !size) return std::unexpected(size.error());
      count = *count == INT64_MIN ? INT64_MAX : -*count;
    }
    for (; *count > 0; --*count) {
      std::string key;
      std::string value;
      if (++entries > k_metadata_entries_max) return std::unexpected(damaged("the header is too large"));
      if (auto read = text(key); !read) return read;
      if (auto read = text(value); !read) return read;
      if (key == "avro.schema") schema = value;
      if (key == "avro.codec") codec = value;
    }
  }
}

std::expected<void, InputError> AvroSource::read_header() {
  cursor_.source = buffer_.cursor().source;
  const auto magic = take_bytes(k_magic.size(), "the header");
  if (!magic) return std::unexpected(magic.error());
  if (*magic != k_magic) {
    return std::unexpected(InputError{fmt::format("events file `{}` is no object container file of Avro: it does not begin with \"Obj\"", cursor_.source)});
  }
  std::string schema;
  std::string codec = "null";
  if (auto read = read_metadata(schema, codec); !read) return read;
  const auto sync = take_bytes(k_sync_bytes, "the header");
  if (!sync) return std::unexpected(sync.error());
  sync_ = *sync;
  if (codec == "deflate") {
    codec_ = Codec::deflate;
  } else if (codec == "zstandard") {
    codec_ = Codec::zstandard;
  } else if (codec != "null") {
    return std::unexpected(InputError{fmt::format(
        "events file `{}`: its blocks are compressed by `{}`, and null, deflate and zstandard are read; write it with one of those",
        cursor_.source, codec)});
  }
  auto parsed = AvroSchema::parse(schema);
  if (!parsed) return std::unexpected(InputError{fmt::format("events file `{}`: its schema cannot be read: {}", cursor_.source, parsed.error())});
  schema_ = std::move(*parsed);
  stand_here();
  return bind();
}

std::string AvroSource::event_name(const std::string& full_name) const {
  const std::string last = full_name.substr(full_name.find_last_of('.') + 1);
  return !event_names_.contains(full_name) && event_names_.contains(last) ? last : full_name;
}

std::expected<void, InputError> AvroSource::bind() {
  std::vector<const AvroType*> records = {&schema_.root()};
  if (schema_.root().is_union) records = schema_.root().branches;
  for (const AvroType* record : records) {
    if (record->is_union || record->shape != avro::Shape::record) {
      return std::unexpected(InputError{fmt::format("events file `{}`: what it holds are no records", cursor_.source)});
    }
    Shape shape{.type = record};
    shape.user = find_path(*record, config_.user);
    shape.time = find_path(*record, config_.time);
    shape.message_id = find_path(*record, config_.message_id);
    shape.event = find_path(*record, config_.event);
    shape.properties = find_path(*record, config_.properties);
    shape.name = event_name(record->name);
    shapes_.push_back(std::move(shape));
  }
  // A record type may lack them, as a heartbeat among events does; one at least must have what the mapping names.
  const auto missing = [&](std::string_view key, const std::string& path, Path Shape::* member) -> std::optional<InputError> {
    if (path.empty() || std::ranges::any_of(shapes_, [&](const Shape& shape) { return !(shape.*member).empty(); })) return std::nullopt;
    std::string names;
    for (const AvroField& field : shapes_.front().type->fields) names += fmt::format("{}`{}`", names.empty() ? "" : ", ", field.name);
    return InputError{fmt::format("events file `{}`, mapping [run.avro]: `{}`: there is no field `{}`; `{}` has: {}", cursor_.source, key, path,
                                  shapes_.front().type->name, names)};
  };
  for (const auto& [key, path, member] :
       {std::tuple{"user", &config_.user, &Shape::user}, std::tuple{"time", &config_.time, &Shape::time},
        std::tuple{"message_id", &config_.message_id, &Shape::message_id}, std::tuple{"event", &config_.event, &Shape::event},
        std::tuple{"properties", &config_.properties, &Shape::properties}}) {
    if (auto error = missing(key, *path, member)) return std::unexpected(std::move(*error));
  }
  return {};
}

std::expected<std::unique_ptr<AvroSource>, InputError> AvroSource::open(RecordBuffer buffer, const AvroConfig& config,
                                                                        std::set<std::string> event_names) {
  std::unique_ptr<AvroSource> source(new AvroSource(std::move(buffer), config, std::move(event_names)));
  if (auto read = source->read_header(); !read) return std::unexpected(read.error());
  return source;
}

std::expected<void, InputError> AvroSource::decompress(std::string_view stored) {
  const InputError too_large = damaged(fmt::format("it is larger than {} MiB when it is decompressed", k_avro_block_bytes_max >> 20));
  block_.clear();
  if (codec_ == Codec::none) {
    block_ = stored;
    return {};
  }
  constexpr size_t k_step_bytes = 256 << 10;
  if (codec_ == Codec::deflate) {
    z_stream stream{};
    if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(stored.data()));
    stream.avail_in = static_cast<uInt>(stored.size());
    int status = Z_OK;
    while (status == Z_OK && block_.size() <= k_avro_block_bytes_max) {
      const size_t size = block_.size();
      block_.resize(size + k_step_bytes);
      stream.next_out = reinterpret_cast<Bytef*>(block_.data() + size);
      stream.avail_out = k_step_bytes;
      status = ::inflate(&stream, Z_NO_FLUSH);
      block_.resize(size + k_step_bytes - stream.avail_out);
    }
    ::inflateEnd(&stream);
    if (block_.size() > k_avro_block_bytes_max) return std::unexpected(too_large);
    if (status != Z_STREAM_END) return std::unexpected(damaged("its compressed data is broken"));
    return {};
  }
  const std::unique_ptr<ZSTD_DStream, decltype(&::ZSTD_freeDStream)> stream(::ZSTD_createDStream(), &::ZSTD_freeDStream);
  ZSTD_inBuffer input{stored.data(), stored.size(), 0};
  for (size_t status = 1; status != 0;) {
    const size_t size = block_.size();
    if (size > k_avro_block_bytes_max) return std::unexpected(too_large);
    block_.resize(size + k_step_bytes);
    ZSTD_outBuffer output{block_.data() + size, k_step_bytes, 0};
    status = ::ZSTD_decompressStream(stream.get(), &output, &input);
    block_.resize(size + output.pos);
    const bool stuck = input.pos == input.size && output.pos < k_step_bytes && status != 0;
    if (::ZSTD_isError(status) != 0 || stuck) return std::unexpected(damaged("its compressed data is broken"));
  }
  return {};
}

// False at the end of the file.
std::expected<bool, InputError> AvroSource::read_block() {
  records_before_ += std::exchange(block_records_, 0);
  left_ = 0;
  offset_ = buffer_.cursor().bytes;
  const auto more = has_more();
  if (!more || !*more) return more;
  const auto count = take_long("a block");
  if (!count) return std::unexpected(count.error());
  const auto size = take_long("a block");
  if (!size) return std::unexpected(size.error());
  if (*count < 0 || *size < 0) return std::unexpected(damaged("its size is negative"));
  if (static_cast<uint64_t>(*size) > k_avro_block_bytes_max) {
    return std::unexpected(damaged(fmt::format("it claims {} bytes, and at most {} MiB are read at once", *size, k_avro_block_bytes_max >> 20)));
  }
  // The data and the mark behind it at once, so that a view of both stays good.
  const auto stored = take_bytes(static_cast<uint64_t>(*size) + k_sync_bytes, "a block");
  if (!stored) return std::unexpected(stored.error());
  if (stored->substr(static_cast<size_t>(*size)) != sync_) return std::unexpected(damaged("the mark that ends it is not the file's"));
  if (auto read = decompress(stored->substr(0, static_cast<size_t>(*size))); !read) return std::unexpected(read.error());
  // A record takes a byte at least: it names somebody and a time.
  if (static_cast<uint64_t>(*count) > block_.size()) {
    return std::unexpected(damaged(fmt::format("it claims {} records in {} bytes", *count, block_.size())));
  }
  block_records_ = left_ = static_cast<uint64_t>(*count);
  values_ = AvroValues(block_);
  stand_here();
  return true;
}

// Between two blocks: a file that was cut off inside one is continued from here when it is whole.
void AvroSource::stand_here() {
  const engine::SourceCursor& read = buffer_.cursor();
  cursor_.bytes = read.bytes;
  cursor_.consumed = read.consumed;
}

const engine::SourceCursor& AvroSource::cursor() {
  cursor_.records = given_;
  return cursor_;
}

std::expected<void, InputError> AvroSource::skip_to(const engine::SourceCursor& wanted) {
  const InputError changed{fmt::format(
      "events file `{}` has changed: its first {} bytes are not those read before; a file may grow at its end only; give the file as it was, or "
      "another folder with --data",
      wanted.source, wanted.bytes)};
  while (cursor_.bytes < wanted.bytes) {
    const auto more = read_block();
    if (!more) return std::unexpected(more.error());
    if (!*more) return std::unexpected(changed);
  }
  const bool is_in_block = wanted.records >= records_before_ && wanted.records <= records_before_ + block_records_;
  if (cursor_.bytes != wanted.bytes || cursor_.consumed != wanted.consumed || !is_in_block) return std::unexpected(changed);
  for (given_ = records_before_; given_ < wanted.records; ++given_, --left_) {
    if (!values_.skip(schema_.root())) return std::unexpected(damaged(values_.error()));
  }
  return {};
}

std::expected<bool, InputError> AvroSource::next(Record& record) {
  while (left_ == 0) {
    if (values_.left() > 0) return std::unexpected(damaged(fmt::format("{} bytes follow its last record", values_.left())));
    const auto more = read_block();
    if (!more || !*more) return more;
  }
  text_.clear();
  if (!append_call(text_)) return std::unexpected(damaged(values_.error()));
  --left_;
  record = {.bytes = text_, .line = ++given_};
  if (text_.size() > k_record_bytes_max) {
    record.fault = RecordFault::too_long;
    record.bytes = {};
  }
  text_.reserve(text_.size() + RecordBuffer::k_padding_bytes);
  if (record.fault == RecordFault::none) record.bytes = text_;
  return true;
}

bool AvroSource::append_member(const Shape& shape, const Path& path, std::string_view datum, std::string_view name, std::string& out) {
  if (path.empty()) return true;
  AvroValues values(datum);
  const AvroType* type = walk(values, *shape.type, path);
  if (type == nullptr) return true;
  out += fmt::format(",\"{}\":", name);
  if (name == "timestamp") return values.append_time(*type, config_.time_unit, out);
  const size_t begin = out.size();
  if (!values.append_json(*type, out)) return false;
  // An id that is a number means its digits.
  if (out.size() > begin && (out[begin] == '-' || (out[begin] >= '0' && out[begin] <= '9'))) {
    out.insert(begin, 1, '"');
    out.push_back('"');
  }
  return true;
}

bool AvroSource::append_call(std::string& out) {
  const AvroType* type = values_.branch(schema_.root());
  if (type == nullptr) return false;
  const auto shape = std::ranges::find(shapes_, type, &Shape::type);
  if (shape == shapes_.end()) return false;
  // Everything is read twice: once to know where the record ends and that it is whole, then member by member.
  const size_t begin = block_.size() - values_.left();
  if (!values_.skip(*type)) return false;
  const std::string_view datum = std::string_view(block_).substr(begin, block_.size() - values_.left() - begin);

  AvroValues payload(datum);
  const AvroType* payload_type = shape->properties.empty() ? type : walk(payload, *type, shape->properties);
  while (payload_type != nullptr && payload_type->is_union) payload_type = payload.branch(*payload_type);
  out += "{\"type\":\"track\"";
  if (!shape->event.empty()) {
    append_member(*shape, shape->event, datum, "event", out);
  } else {
    out += ",\"event\":";
    const bool by_payload = !shape->properties.empty() && payload_type != nullptr && !payload_type->name.empty();
    append_json_text(out, by_payload ? event_name(payload_type->name) : shape->name);
  }
  append_member(*shape, shape->user, datum, "userId", out);
  append_member(*shape, shape->message_id, datum, "messageId", out);
  append_member(*shape, shape->time, datum, "timestamp", out);
  if (payload_type != nullptr && payload_type->shape == avro::Shape::record) {
    out += ",\"properties\":";
    payload.append_json(*payload_type, out);
  }
  out.push_back('}');
  return true;
}

}  // namespace wend::ingest
