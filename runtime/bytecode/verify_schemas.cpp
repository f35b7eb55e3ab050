// What payloads are held to: every rule has the parts its keyword uses, and nodes refer backwards only, so that a check ends.

#include <algorithm>

#include "runtime/base/utf8.h"
#include "runtime/bytecode/expression.h"
#include "runtime/bytecode/json_number.h"
#include "runtime/bytecode/limits.h"
#include "runtime/bytecode/verifier.h"

namespace wend::bytecode {
namespace {

class SchemaVerifier {
 public:
  SchemaVerifier(const Program& program, Fault& fault) : program_(program), fault_(fault) {}

  bool run() {
    const size_t count = program_.schema_nodes.size();
    if (!fault_.require(count <= k_schema_nodes_max, "section validation", "more than {} nodes", k_schema_nodes_max)) return false;
    depths_.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      where_ = fmt::format("schema node {}", i);
      uint32_t depth = 0;
      for (const SchemaRule& rule : program_.schema_nodes[i].rules) {
        if (!verify_rule(rule)) return false;
        for (const SchemaNodeId node : rule.nodes) {
          if (!fault_.require(static_cast<size_t>(node) < i, where_, "it refers to node {}, which is not before it", static_cast<size_t>(node))) {
            return false;
          }
          depth = std::max(depth, depths_[static_cast<size_t>(node)] + 1);
        }
      }
      if (!fault_.require(depth <= k_schema_depth_max, where_, "more than {} nodes refer to each other in a row", k_schema_depth_max)) {
        return false;
      }
      depths_.push_back(depth);
    }
    return std::ranges::all_of(program_.events, [&](const Event& event) {
      return fault_.require(!event.schema || static_cast<size_t>(*event.schema) < count, fmt::format("event {}", event.name),
                            "its schema is no node");
    });
  }

 private:
  bool verify_rule(const SchemaRule& rule) {
    const SchemaKeywordInfo* info = schema_keyword_info(rule.keyword);
    if (!fault_.require(info != nullptr, where_, "keyword {} is unknown", static_cast<int>(rule.keyword))) return false;
    const bool parts_fit = text_fits(rule, info->text) && count_fits(rule, info->count) && names_fit(rule, info->names) && nodes_fit(rule, info->nodes);
    return parts_fit || fault_.at(where_, fmt::format("the parts of its rule `{}` do not fit", info->name));
  }

  bool text_fits(const SchemaRule& rule, SchemaText wanted) {
    switch (wanted) {
      case SchemaText::none:
        return rule.text.empty();
      case SchemaText::name:
        return true;
      case SchemaText::expression:
        return compiles(rule.text);
      case SchemaText::number: {
        const auto number = JsonNumber::parse(rule.text);
        if (!number) return false;
        return rule.keyword != SchemaKeyword::multiple_of ||
               (!number->negative && !number->digits.empty() && number->digits.size() <= k_divisor_digits_max);
      }
    }
    return false;
  }

  static bool count_fits(const SchemaRule& rule, SchemaCount wanted) {
    switch (wanted) {
      case SchemaCount::none:
        return rule.count == 0;
      case SchemaCount::size:
        return true;
      case SchemaCount::types:
        return rule.count >= 1 && rule.count <= k_json_kinds_all;
      case SchemaCount::format:
        return rule.count <= UINT8_MAX && schema_format_name(static_cast<SchemaFormat>(rule.count)) != nullptr;
    }
    return false;
  }

  bool names_fit(const SchemaRule& rule, SchemaNames wanted) {
    switch (wanted) {
      case SchemaNames::none:
        return rule.names.empty();
      case SchemaNames::some:
        return true;
      case SchemaNames::expressions:
        return std::ranges::all_of(rule.names, [&](const std::string& name) { return compiles(name); });
    }
    return false;
  }

  static bool nodes_fit(const SchemaRule& rule, SchemaNodes wanted) {
    switch (wanted) {
      case SchemaNodes::none:
        return rule.nodes.empty();
      case SchemaNodes::one:
        return rule.nodes.size() == 1;
      case SchemaNodes::some:
        return !rule.nodes.empty();
      case SchemaNodes::three:
        return rule.nodes.size() == 3;
      case SchemaNodes::named:
        return rule.nodes.size() == rule.names.size();
    }
    return false;
  }

  bool compiles(const std::string& expression) {
    return ++patterns_ <= k_schema_patterns_max && is_valid_utf8(expression) && Expression::compile(expression).has_value();
  }

  const Program& program_;
  Fault& fault_;
  std::string where_;
  std::vector<uint32_t> depths_;  // of the nodes so far: the longest way down from each
  size_t patterns_ = 0;
};

}  // namespace

bool verify_schemas(const Program& program, Fault& fault) {
  return SchemaVerifier(program, fault).run();
}

}  // namespace wend::bytecode
