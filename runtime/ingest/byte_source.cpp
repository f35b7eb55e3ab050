#include "runtime/ingest/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace wend::ingest {
namespace {

constexpr size_t k_compressed_chunk_bytes = 256 << 10;

class PlainFile final : public ByteSource {
 public:
  PlainFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  ~PlainFile() override { ::close(descriptor_); }

  std::expected<size_t, InputError> read(std::span<char> out) override {
    for (;;) {
      const ssize_t size = ::read(descriptor_, out.data(), out.size());
      if (size >= 0) return static_cast<size_t>(size);
      if (errno != EINTR) return std::unexpected(error(std::strerror(errno)));
    }
  }
  // The first bytes, which the next read() gives again.
  std::expected<std::string, InputError> peek(size_t size) {
    std::string bytes(size, '\0');
    const ssize_t got = ::pread(descriptor_, bytes.data(), size, 0);
    if (got < 0) return std::unexpected(error(std::strerror(errno)));
    bytes.resize(static_cast<size_t>(got));
    return bytes;
  }
  InputError error(const std::string& what) const { return {fmt::format("events file `{}`: {}", path_, what)}; }

 private:
  std::string path_;
  int descriptor_;
};

// What the two decompressors share: a chunk of compressed bytes and where reading it stands.
class CompressedFile : public ByteSource {
 protected:
  explicit CompressedFile(std::unique_ptr<PlainFile> file) : file_(std::move(file)), chunk_(k_compressed_chunk_bytes) {}
  std::expected<bool, InputError> refill() {
    auto size = file_->read(chunk_);
    if (!size) return std::unexpected(size.error());
    available_ = std::string_view(chunk_.data(), *size);
    return *size > 0;
  }
  InputError damaged(const char* what) const { return file_->error(fmt::format("the compressed data is damaged: {}", what)); }
  InputError cut_off() const { return file_->error("the compressed data ends too early: the file was not written or copied to its end"); }

  std::unique_ptr<PlainFile> file_;
  std::vector<char> chunk_;
  std::string_view available_;
};

class GzipFile final : public CompressedFile {
 public:
  explicit GzipFile(std::unique_ptr<PlainFile> file) : CompressedFile(std::move(file)) {
    constexpr int k_gzip_window = 15 + 16;
    if (::inflateInit2(&stream_, k_gzip_window) != Z_OK) throw std::bad_alloc();
  }
  ~GzipFile() override { ::inflateEnd(&stream_); }

  std::expected<size_t, InputError> read(std::span<char> out) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out == out.size()) {
      if (available_.empty()) {
        auto more = refill();
        if (!more) return std::unexpected(more.error());
        if (!*more) {
          if (inside_member_) return std::unexpected(cut_off());
          return 0;
        }
      }
      if (!inside_member_ && ::inflateReset(&stream_) != Z_OK) return std::unexpected(damaged("it cannot be restarted"));
      inside_member_ = true;
      stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(available_.data()));
      stream_.avail_in = static_cast<uInt>(available_.size());
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      available_.remove_prefix(available_.size() - stream_.avail_in);
      if (status == Z_STREAM_END) inside_member_ = false;
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
        return std::unexpected(damaged(stream_.msg != nullptr ? stream_.msg : "unknown gzip error"));
      }
    }
    return out.size() - stream_.avail_out;
  }

 private:
  z_stream stream_{};
  bool inside_member_ = false;
};

class ZstandardFile final : public CompressedFile {
 public:
  explicit ZstandardFile(std::unique_ptr<PlainFile> file) : CompressedFile(std::move(file)), stream_(::ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
  }
  ~ZstandardFile() override { ::ZSTD_freeDStream(stream_); }

  std::expected<size_t, InputError> read(std::span<char> out) override {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    while (output.pos == 0) {
      if (available_.empty()) {
        auto more = refill();
        if (!more) return std::unexpected(more.error());
        if (!*more) {
          if (inside_frame_) return std::unexpected(cut_off());
          return 0;
        }
      }
      ZSTD_inBuffer input{available_.data(), available_.size(), 0};
      const size_t status = ::ZSTD_decompressStream(stream_, &output, &input);
      available_.remove_prefix(input.pos);
      if (::ZSTD_isError(status) != 0) return std::unexpected(damaged(::ZSTD_getErrorName(status)));
      inside_frame_ = status != 0;
    }
    return output.pos;
  }

 private:
  ZSTD_DStream* stream_;
  bool inside_frame_ = false;
};

}  // namespace

std::expected<std::unique_ptr<ByteSource>, InputError> ByteSource::open(const std::string& path) {
  // Opening a pipe that nobody writes to must not wait for a writer: it is refused below.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::unexpected(InputError{fmt::format("events file `{}`: {}", path, std::strerror(errno))});
  auto file = std::make_unique<PlainFile>(path, descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return std::unexpected(file->error(std::strerror(errno)));
  // A run that was stopped reads its file again from the beginning, which only a regular file allows.
  if (!S_ISREG(status.st_mode)) return std::unexpected(file->error("it is not a regular file"));
  const auto first = file->peek(4);
  if (!first) return std::unexpected(first.error());
  if (first->starts_with("\x1f\x8b")) return std::make_unique<GzipFile>(std::move(file));
  if (first->starts_with("\x28\xb5\x2f\xfd")) return std::make_unique<ZstandardFile>(std::move(file));
  return file;
}

}  // namespace wend::ingest
