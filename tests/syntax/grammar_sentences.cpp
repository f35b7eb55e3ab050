#include "grammar_sentences.h"

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace wend::test {

GrammarSentences::GrammarSentences(const std::string& grammar_text, std::uint64_t seed) : random_(seed) {
  const std::size_t begin = grammar_text.find(';') + 1;  // after `grammar Wend;`
  tokenise(grammar_text.substr(begin, grammar_text.find("── lexer") - begin));
  while (at_ < tokens_.size()) {
    const std::string name = tokens_.at(at_);
    at_ += 2;  // the name and its colon
    rules_[name] = parse_alternatives();
    ++at_;  // the semicolon
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (auto& [name, node] : rules_) {
      const std::size_t before = node.depth;
      node.depth = depth_of(node);
      changed = changed || node.depth != before;
    }
  }
}

void GrammarSentences::tokenise(const std::string& text) {
  static const std::regex k_token(R"(//[^\n]*|#\s*\w+|<assoc=right>|\b[a-z]+=|'[^']*'|\w+|[:;|()*+?])");
  for (auto each = std::sregex_iterator(text.begin(), text.end(), k_token); each != std::sregex_iterator(); ++each) {
    const std::string token = each->str();
    const bool is_annotation =
        token.starts_with("//") || token.starts_with("#") || token.starts_with("<") || (token.size() > 1 && token.back() == '=');
    if (!is_annotation) tokens_.push_back(token);
  }
}

GrammarSentences::Node GrammarSentences::parse_alternatives() {
  Node node{NodeKind::alternatives, "", {parse_sequence()}};
  while (tokens_.at(at_) == "|") {
    ++at_;
    node.children.push_back(parse_sequence());
  }
  return node;
}

GrammarSentences::Node GrammarSentences::parse_sequence() {
  Node sequence;
  while (tokens_.at(at_) != "|" && tokens_.at(at_) != ")" && tokens_.at(at_) != ";") {
    const std::string token = tokens_.at(at_++);
    Node item;
    if (token == "(") {
      item = parse_alternatives();
      ++at_;
    } else if (token.starts_with("'")) {
      item = {NodeKind::literal, token.substr(1, token.size() - 2), {}};
      literals_.insert(item.text);
    } else {
      const bool is_class = std::isupper(static_cast<unsigned char>(token.front())) != 0;
      item = {is_class ? NodeKind::token_class : NodeKind::rule, token, {}};
    }
    const std::string& next = tokens_.at(at_);
    if (next == "?" || next == "*" || next == "+") {
      ++at_;
      item = Node{next == "?" ? NodeKind::optional : next == "*" ? NodeKind::star : NodeKind::plus, "", {std::move(item)}};
    }
    sequence.children.push_back(std::move(item));
  }
  return sequence;
}

std::size_t GrammarSentences::depth_of(Node& node) {
  std::size_t depth = 0;
  switch (node.kind) {
    case NodeKind::rule:
      depth = rules_.at(node.text).depth + 1;
      break;
    case NodeKind::literal:
    case NodeKind::token_class:
      break;
    case NodeKind::sequence:
      for (Node& child : node.children) depth = std::max(depth, depth_of(child));
      break;
    case NodeKind::alternatives:
      depth = k_unknown_depth;
      for (Node& child : node.children) depth = std::min(depth, depth_of(child));
      break;
    case NodeKind::optional:
    case NodeKind::star:
      depth_of(node.children.front());
      break;
    case NodeKind::plus:
      depth = depth_of(node.children.front());
      break;
  }
  node.depth = std::min(depth, k_unknown_depth);
  return node.depth;
}

bool GrammarSentences::is_tolerated(const Node& node) {
  if (node.kind == NodeKind::rule) return node.text.starts_with("tolerated");
  return node.kind == NodeKind::sequence &&
         std::any_of(node.children.begin(), node.children.end(), [](const Node& child) { return is_tolerated(child); });
}

std::string GrammarSentences::lexeme(const std::string& token_class) {
  static const std::map<std::string, std::vector<std::string>> k_lexemes = {
      {"INT", {"1", "2", "12", "1_000"}},       {"DECIMAL", {"2.50", "0.1"}},           {"PERCENT", {"5%", "12.5%"}},
      {"STRING", {"\"s\"", "\"a \\\"b\\\"\""}}, {"UIDENT", {"Foo", "Bar", "USD"}},      {"LIDENT", {"a", "b", "cart"}},
      {"QUOTED", {"`order`", "`step`"}},        {"DATE", {"2025-03-09", "2024-02-29"}}, {"TIME", {"10:00", "23:59:59"}},
      {"OFFSET", {"+02:00", "-05:30"}}};
  const std::vector<std::string>& choices = k_lexemes.at(token_class);
  return choices[random_below(choices.size())];
}

void GrammarSentences::generate(const Node& node, std::size_t depth_left, std::vector<std::string>& out) {
  const bool full = out.size() > tokens_max_;
  switch (node.kind) {
    case NodeKind::rule:
      generate(rules_.at(node.text), depth_left == 0 ? 0 : depth_left - 1, out);
      return;
    case NodeKind::literal:
      out.push_back(node.text);
      return;
    case NodeKind::token_class:
      if (node.text != "EOF") out.push_back(lexeme(node.text));
      return;
    case NodeKind::sequence:
      for (const Node& child : node.children) generate(child, depth_left, out);
      return;
    case NodeKind::alternatives: {
      std::vector<const Node*> fitting;
      const Node* shallowest = nullptr;
      for (const Node& child : node.children) {
        if (is_tolerated(child)) continue;
        if (child.depth <= depth_left && !full) fitting.push_back(&child);
        if (shallowest == nullptr || child.depth < shallowest->depth) shallowest = &child;
      }
      generate(fitting.empty() ? *shallowest : *fitting[random_below(fitting.size())], depth_left, out);
      return;
    }
    case NodeKind::optional:
    case NodeKind::star:
    case NodeKind::plus: {
      const Node& child = node.children.front();
      const bool fits = child.depth <= depth_left && !full && !is_tolerated(child);
      std::size_t count = fits ? random_below(node.kind == NodeKind::optional ? 2 : 3) : 0;
      if (node.kind == NodeKind::plus) count = std::max<std::size_t>(count, 1);
      for (std::size_t each = 0; each < count; ++each) generate(child, depth_left, out);
      return;
    }
  }
}

std::string GrammarSentences::make(const std::string& rule, std::size_t tokens_max) {
  tokens_max_ = tokens_max;
  std::vector<std::string> out;
  const Node& node = rules_.at(rule);
  generate(node, node.depth + 4 + random_below(10), out);
  std::string sentence;
  for (const std::string& token : out) sentence += (sentence.empty() ? "" : " ") + token;
  return sentence;
}

std::vector<std::string> GrammarSentences::alternatives_of(const std::string& rule) const {
  std::vector<std::string> literals;
  for (const Node& sequence : rules_.at(rule).children) {
    for (const Node& item : sequence.children) {
      if (item.kind == NodeKind::literal) literals.push_back(item.text);
    }
  }
  return literals;
}

}  // namespace wend::test
