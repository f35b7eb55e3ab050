#pragma once

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

namespace wend::sema {

/// A small ordered map in one piece of memory: the state of the checker is copied at every branch of a program.
template <typename Key, typename Value>
class FlatMap {
 public:
  using Entry = std::pair<Key, Value>;

  FlatMap() = default;
  FlatMap(std::initializer_list<Entry> entries) {
    for (const Entry& entry : entries) insert_or_assign(entry.first, entry.second);
  }

  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] auto find(const Key& key) const {
    const auto place = lower_bound(entries_, key);
    return place != entries_.end() && place->first == key ? place : entries_.end();
  }
  [[nodiscard]] bool contains(const Key& key) const { return find(key) != end(); }
  /// The value of the key, made if there is none.
  Value& operator[](const Key& key) {
    auto place = lower_bound(entries_, key);
    if (place == entries_.end() || place->first != key) place = entries_.insert(place, Entry(key, Value()));
    return place->second;
  }
  void insert_or_assign(const Key& key, Value value) { (*this)[key] = std::move(value); }
  void erase(const Key& key) {
    const auto place = lower_bound(entries_, key);
    if (place != entries_.end() && place->first == key) entries_.erase(place);
  }
  /// Entries for which the function is true go.
  template <typename Condition>
  void erase_where(Condition condition) {
    std::erase_if(entries_, condition);
  }
  /// Adds an entry behind all others.
  void append(const Key& key, Value value) { entries_.emplace_back(key, std::move(value)); }
  /// Takes what the other has and this has not.
  void take_missing(const FlatMap& other) {
    if (other.empty()) return;
    std::vector<Entry> merged;
    merged.reserve(entries_.size() + other.entries_.size());
    std::set_union(entries_.begin(), entries_.end(), other.entries_.begin(), other.entries_.end(), std::back_inserter(merged),
                   [](const Entry& first, const Entry& second) { return first.first < second.first; });
    entries_ = std::move(merged);
  }

 private:
  template <typename Entries>
  static auto lower_bound(Entries& entries, const Key& key) {
    return std::lower_bound(entries.begin(), entries.end(), key,
                            [](const Entry& entry, const Key& wanted) { return entry.first < wanted; });
  }

  std::vector<Entry> entries_;
};

}  // namespace wend::sema
