// The zones of the system's tzdata.

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "runtime/base/bytes.h"
#include "runtime/base/hash.h"
#include "runtime/base/time_zone.h"
#include "runtime/base/tzif.h"

namespace wend {
namespace {

namespace fs = std::filesystem;

const fs::path k_zoneinfo = "/usr/share/zoneinfo";

std::string read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// Zone names begin with a capital letter in every directory level; "posix", "right" and the tables beside them do not.
void collect_names(const fs::path& folder, const std::string& prefix, std::vector<std::string>& names) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string file = entry.path().filename().string();
    if (prefix.empty() && (file.empty() || file[0] < 'A' || file[0] > 'Z')) continue;
    if (entry.is_directory(error)) {
      collect_names(entry.path(), prefix + file + "/", names);
    } else if (prefix + file != "UTC") {
      names.push_back(prefix + file);
    }
  }
}

struct Slot {
  std::once_flag once;
  std::unique_ptr<const ZoneOffsets> offsets;
};

// The interval that each of a thread's recent zones was last asked about: most questions are about the same one again.
struct CachedInterval {
  const ZoneOffsets* zone = nullptr;
  ZoneOffsets::Interval interval{};
};
constexpr size_t k_cached_intervals = 64;
thread_local CachedInterval cached_intervals[k_cached_intervals];

class SystemZoneTable final : public ZoneTable {
 public:
  SystemZoneTable() {
    collect_names(k_zoneinfo, "", names_);
    std::sort(names_.begin(), names_.end());
    names_.insert(names_.begin(), "UTC");
    for (size_t i = 0; i < names_.size(); ++i) ids_.emplace(names_[i], static_cast<ZoneId>(i));
    slots_ = std::make_unique<Slot[]>(names_.size());
    read_countries();
  }

  std::optional<ZoneId> find(std::string_view iana_name) const override {
    const auto found = ids_.find(iana_name);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
  }
  std::string_view name(ZoneId zone) const override { return names_[static_cast<size_t>(zone)]; }
  std::span<const std::string> all_names() const override { return names_; }

  std::span<const ZoneId> zones_of_country(std::string_view alpha2) const override {
    const auto found = countries_.find(alpha2);
    if (found == countries_.end()) return {};
    return found->second;
  }

  std::array<uint8_t, 32> digest() const override {
    std::call_once(digest_once_, [this] {
      Sha256 hash;
      std::string header;
      for (const std::string& name : names_) {
        const std::string file = read_file(k_zoneinfo / name);
        header.clear();
        ByteWriter(header).text(name);
        ByteWriter(header).u64(file.size());
        hash.update(header);
        hash.update(file);
      }
      hash.update(read_file(k_zoneinfo / "zone.tab"));
      digest_ = hash.digest_so_far();
    });
    return digest_;
  }

  int32_t offset_seconds(ZoneId zone, TimestampMs at) const override {
    if (zone == ZoneId::utc) return 0;
    const ZoneOffsets& offsets = load(zone);
    CachedInterval& cached = cached_intervals[static_cast<size_t>(zone) % k_cached_intervals];
    if (cached.zone != &offsets || at < cached.interval.begin_ms || at >= cached.interval.end_ms) cached = {&offsets, offsets.at(at)};
    return cached.interval.offset_seconds;
  }

 private:
  const ZoneOffsets& load(ZoneId zone) const {
    Slot& slot = slots_[static_cast<size_t>(zone)];
    std::call_once(slot.once, [&] {
      std::optional<ZoneOffsets> offsets = parse_tzif(read_file(k_zoneinfo / names_[static_cast<size_t>(zone)]));
      // A file that cannot be read counts as UTC; the digest still names the bytes that were there.
      if (!offsets) offsets = ZoneOffsets{{INT64_MIN}, {0}, std::nullopt};
      slot.offsets = std::make_unique<const ZoneOffsets>(std::move(*offsets));
    });
    return *slot.offsets;
  }

  void read_countries() {
    std::ifstream stream(k_zoneinfo / "zone.tab");
    std::string line;
    while (std::getline(stream, line)) {
      const size_t first_tab = line.find('\t');
      if (line.starts_with('#') || first_tab == std::string::npos) continue;
      const size_t second_tab = line.find('\t', first_tab + 1);
      if (second_tab == std::string::npos) continue;
      const size_t end = std::min(line.find('\t', second_tab + 1), line.size());
      const auto zone = find(std::string_view(line).substr(second_tab + 1, end - second_tab - 1));
      if (zone) countries_[line.substr(0, first_tab)].push_back(*zone);
    }
  }

  std::vector<std::string> names_;  // "UTC", then the others in order
  std::unordered_map<std::string_view, ZoneId> ids_;
  std::map<std::string, std::vector<ZoneId>, std::less<>> countries_;
  std::unique_ptr<Slot[]> slots_;
  mutable std::once_flag digest_once_;
  mutable std::array<uint8_t, 32> digest_{};
};

}  // namespace

std::shared_ptr<const ZoneTable> ZoneTable::system() {
  static const std::shared_ptr<const ZoneTable> table = std::make_shared<SystemZoneTable>();
  return table;
}

}  // namespace wend
