#include "bench/reference.h"

#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace wend::bench {
namespace {

uint64_t mix(uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93;
  x ^= x >> 32;
  return x;
}

}  // namespace

std::vector<uint64_t> reference_customers(size_t count) {
  std::vector<uint64_t> customers(count);
  for (size_t i = 0; i < count; ++i) customers[i] = mix(i + 1) | 1;
  return customers;
}

std::vector<ReferenceEvent> reference_events(const std::vector<uint64_t>& customers, size_t count) {
  uint64_t random = 88172645463325252;
  std::vector<ReferenceEvent> events(count);
  for (size_t i = 0; i < count; ++i) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    events[i].customer = customers[(random >> 16) % customers.size()];
    events[i].kind = (random & 255) < 128 ? EventKind::signed_up : EventKind::purchased;
    events[i].amount = random >> 8 & (k_amounts - 1);
    events[i].minute = static_cast<uint32_t>(i * k_run_minutes / count);
  }
  return events;
}

HandWritten::HandWritten(size_t customers) {
  size_t capacity = 1;
  while (capacity < customers * 2) capacity *= 2;
  table_.assign(capacity, Instance{});
  mask_ = capacity - 1;
}

uint32_t HandWritten::slot_of(uint64_t customer) {
  uint64_t at = mix(customer) & mask_;
  while (table_[at].customer != customer) {
    if (table_[at].customer == 0) {
      table_[at].customer = customer;
      break;
    }
    at = (at + 1) & mask_;
  }
  return static_cast<uint32_t>(at);
}

void HandWritten::prefetch(uint64_t customer) const {
  __builtin_prefetch(&table_[mix(customer) & mask_], 1, 1);
}

void HandWritten::know(const std::vector<uint64_t>& customers) {
  for (const uint64_t customer : customers) slot_of(customer);
}

void HandWritten::send(uint64_t customer, SendKind kind) {
  outbox_[sent_++ % k_outbox] = {customer, minute_, kind};
  switch (kind) {
    case SendKind::vip:
      ++sends_.vip;
      break;
    case SendKind::thanks:
      ++sends_.thanks;
      break;
    case SendKind::reminder:
      ++sends_.reminders;
      break;
  }
}

void HandWritten::fire(std::vector<Timer>& bucket) {
  for (size_t i = 0; i < bucket.size(); ++i) {
    if (i + k_prefetch_distance < bucket.size()) __builtin_prefetch(&table_[bucket[i + k_prefetch_distance].slot]);
    Instance& instance = table_[bucket[i].slot];
    if (instance.waiting == 0 || instance.generation != bucket[i].generation) continue;
    send(instance.customer, SendKind::reminder);
    instance.waiting = 0;
    ++instance.generation;
  }
  bucket.clear();
}

void HandWritten::advance_to(uint32_t minute) {
  for (; minute_ <= minute; ++minute_) fire(wheel_[minute_ % k_wheel]);
  --minute_;
}

void HandWritten::react(const std::vector<ReferenceEvent>& events) {
  for (size_t i = 0; i < events.size(); ++i) {
    const ReferenceEvent& event = events[i];
    // The bucket of a minute fires when the next minute begins: an event at the deadline wins.
    while (minute_ < event.minute) {
      fire(wheel_[minute_ % k_wheel]);
      ++minute_;
    }
    if (i + k_prefetch_distance < events.size()) prefetch(events[i + k_prefetch_distance].customer);
    const uint32_t slot = slot_of(event.customer);
    Instance& instance = table_[slot];
    if (instance.waiting == 0) {
      if (event.kind != EventKind::signed_up) continue;
      instance.waiting = 1;
      ++instance.generation;
      instance.deadline = minute_ + k_wait_minutes;
      wheel_[instance.deadline % k_wheel].push_back({slot, instance.generation});
    } else if (event.kind == EventKind::purchased) {
      send(instance.customer, event.amount >= 50 ? SendKind::vip : SendKind::thanks);
      instance.waiting = 0;
      ++instance.generation;
    }
  }
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

uint64_t resident_bytes() {
  FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long total = 0;
  unsigned long resident = 0;
  const int fields = std::fscanf(file, "%lu %lu", &total, &resident);
  std::fclose(file);
  return fields == 2 ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace wend::bench
