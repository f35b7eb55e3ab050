#include "runtime/bytecode/schema_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace wend::bytecode {

std::string schema_text(const std::vector<SchemaNode>& nodes) {
  std::string text = nodes.empty() ? "" : "\nschema nodes\n";
  const auto append_rule = [&](const SchemaRule& rule) {
    const SchemaKeywordInfo* info = schema_keyword_info(rule.keyword);
    text += fmt::format("        {}", info != nullptr ? info->name : "?");
    if (!rule.text.empty()) text += " " + rule.text;
    if (info != nullptr && info->count == SchemaCount::format) {
      const char* format = schema_format_name(static_cast<SchemaFormat>(rule.count));
      text += fmt::format(" {}", format != nullptr ? format : "?");
    } else if (info != nullptr && info->count == SchemaCount::types) {
      text += " " + json_kinds_text(rule.count);
    } else if (info != nullptr && info->count != SchemaCount::none) {
      text += fmt::format(" {}", rule.count);
    }
    for (size_t i = 0; i < std::max(rule.names.size(), rule.nodes.size()); ++i) {
      text += i == 0 ? " " : ", ";
      if (i < rule.names.size()) text += rule.names[i];
      if (i < rule.nodes.size()) text += fmt::format("{}node {}", i < rule.names.size() ? ": " : "", static_cast<size_t>(rule.nodes[i]));
    }
    text += '\n';
  };
  for (size_t i = 0; i < nodes.size(); ++i) {
    text += fmt::format("  {:>4}{}\n", i, nodes[i].rules.empty() ? "  any value" : "");
    for (const SchemaRule& rule : nodes[i].rules) append_rule(rule);
  }
  return text;
}

}  // namespace wend::bytecode
