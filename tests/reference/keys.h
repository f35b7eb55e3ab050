#pragma once

// What is derived from SHA-256 (settled.md, identity and bytes).

#include <cstdint>
#include <string>
#include <vector>

namespace wend::reference {

/// 16 bytes of the send key, in hexadecimal.
std::string send_key(const std::string& log_namespace, std::uint64_t position, int start_index, const std::string& path,
                     const std::string& message, const std::vector<std::int64_t>& rounds);
/// 0 … 999,999
std::int64_t experiment_slot(const std::string& salt, const std::string& purpose, const std::string& customer);

}  // namespace wend::reference
