#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace wend::test {

/// Reads Wend.g4 and makes random sentences of it. Alternatives that use a `tolerated…` rule are left out: they are not
/// part of the language.
class GrammarSentences {
 public:
  GrammarSentences(const std::string& grammar_text, std::uint64_t seed);

  /// A sentence of the rule as tokens joined by spaces, of roughly at most `tokens_max` tokens.
  [[nodiscard]] std::string make(const std::string& rule, std::size_t tokens_max);

  /// Every literal of the parser rules, without quotes.
  [[nodiscard]] const std::set<std::string>& literals() const { return literals_; }
  /// The literals of one rule's alternatives, in their order in the file.
  [[nodiscard]] std::vector<std::string> alternatives_of(const std::string& rule) const;

 private:
  enum class NodeKind { rule, literal, token_class, sequence, alternatives, optional, star, plus };
  struct Node {
    NodeKind kind = NodeKind::sequence;
    std::string text;
    std::vector<Node> children;
    std::size_t depth = k_unknown_depth;  ///< of the shallowest sentence
  };
  static constexpr std::size_t k_unknown_depth = 1'000'000;

  void tokenise(const std::string& text);
  Node parse_alternatives();
  Node parse_sequence();
  std::size_t depth_of(Node& node);
  static bool is_tolerated(const Node& node);
  void generate(const Node& node, std::size_t depth_left, std::vector<std::string>& out);
  std::string lexeme(const std::string& token_class);
  std::size_t random_below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

  std::vector<std::string> tokens_;
  std::size_t at_ = 0;
  std::map<std::string, Node> rules_;
  std::set<std::string> literals_;
  std::size_t tokens_max_ = 0;
  std::mt19937_64 random_;
};

}  // namespace wend::test
