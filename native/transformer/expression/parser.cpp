#include "transformer/expression/parser.hpp"

#include <algorithm>
#include <charconv>

#include "base/double_text.hpp"
#include "record/utf8.hpp"
#include "transformer/expression/macros.hpp"
#include "transformer/expression/refusal.hpp"

namespace nexpo::cel {
namespace {

struct BinarySign {
  std::string_view sign;
  Operator op;
  int rank;  ///< the greater binds tighter
};
constexpr int kRelation = 1, kAddition = 2, kMultiplication = 3;
constexpr BinarySign kBinarySigns[] = {
    {"==", Operator::equal, kRelation},
    {"!=", Operator::unequal, kRelation},
    {"<", Operator::less, kRelation},
    {"<=", Operator::at_most, kRelation},
    {">", Operator::greater, kRelation},
    {">=", Operator::at_least, kRelation},
    {"+", Operator::add, kAddition},
    {"-", Operator::subtract, kAddition},
    {"*", Operator::multiply, kMultiplication},
    {"/", Operator::divide, kMultiplication},
    {"%", Operator::modulo, kMultiplication},
};
constexpr BinarySign kIn = {"in", Operator::in, kRelation};

constexpr std::string_view kReserved[] = {"as",        "break",  "const",  "continue", "else",  "for",
                                          "function",  "if",     "import", "let",      "loop",  "package",
                                          "namespace", "return", "var",    "void",     "while", "in"};

class Parser {
 public:
  Parser(std::string_view text, const ExpressionLimits& limits) : lexer_(text), limits_(limits) { advance(); }

  NodePtr whole() {
    NodePtr node = expression();
    if (token_.kind != TokenKind::end) unexpected("an operator or the end");
    return node;
  }

 private:
  // Counts the levels that are open while it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > parser_.limits_.nesting_max) parser_.too_deep(parser_.token_.column);
    }
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  NodePtr expression() {
    const Level level(*this);
    NodePtr condition = chain("||", Node::Form::any_of);
    if (!token_.is("?")) return condition;
    NodePtr node = make(Node::Form::conditional);
    advance();
    node->children.push_back(std::move(condition));
    node->children.push_back(chain("||", Node::Form::any_of));
    take(":");
    node->children.push_back(expression());
    return done(std::move(node));
  }

  NodePtr chain(std::string_view sign, Node::Form form) {
    const auto operand = [&] {
      return form == Node::Form::any_of ? chain("&&", Node::Form::all_of) : binary(kRelation);
    };
    NodePtr first = operand();
    if (!token_.is(sign)) return first;
    NodePtr node = make(form);
    node->children.push_back(std::move(first));
    while (token_.is(sign)) {
      advance();
      node->children.push_back(operand());
    }
    return done(std::move(node));
  }

  const BinarySign* binary_sign() const {
    if (token_.kind == TokenKind::name && token_.text == kIn.sign) return &kIn;
    const auto* const found =
        std::find_if(std::begin(kBinarySigns), std::end(kBinarySigns), [&](auto& one) { return token_.is(one.sign); });
    return found == std::end(kBinarySigns) ? nullptr : found;
  }

  NodePtr binary(int rank) {
    NodePtr left = unary();
    for (const BinarySign* sign = binary_sign(); sign && sign->rank >= rank; sign = binary_sign()) {
      NodePtr node = make(Node::Form::binary);
      node->op = sign->op;
      advance();
      node->children.push_back(std::move(left));
      node->children.push_back(binary(sign->rank + 1));
      left = done(std::move(node));
    }
    return left;
  }

  NodePtr unary() {
    const bool minus = token_.is("-");
    if (!minus && !token_.is("!")) return members(primary());
    const Level level(*this);
    NodePtr node = make(Node::Form::unary);
    node->op = minus ? Operator::negate : Operator::invert;
    const std::string sign = token_.text;
    advance();
    if (minus && (token_.kind == TokenKind::integer || token_.kind == TokenKind::real)) {
      NodePtr literal = number("-");
      return members(std::move(literal));
    }
    node->children.push_back(token_.is(sign) ? unary() : members(primary()));
    return done(std::move(node));
  }

  NodePtr members(NodePtr node) {
    for (;;) {
      if (token_.is(".")) {
        node = selection(std::move(node));
      } else if (token_.is("[")) {
        NodePtr index = make(Node::Form::index);
        advance();
        index->children.push_back(std::move(node));
        index->children.push_back(expression());
        take("]");
        node = done(std::move(index));
      } else if (token_.is("{")) {
        refuse(token_.column, "there are no message types", "write a map: {\"name\": value}");
      } else {
        return node;
      }
    }
  }

  NodePtr selection(NodePtr target) {
    advance();
    if (token_.kind != TokenKind::name && token_.kind != TokenKind::quoted_name) unexpected("the name of a member");
    NodePtr node = make(Node::Form::member);
    node->text = token_.text;
    node->is_quoted = token_.kind == TokenKind::quoted_name;
    if (!node->is_quoted &&
        (node->text == "in" || node->text == "true" || node->text == "false" || node->text == "null"))
      unexpected("the name of a member");
    advance();
    node->children.push_back(std::move(target));
    if (!node->is_quoted && token_.is("(")) {
      node->form = Node::Form::call;
      node->has_receiver = true;
      advance();
      arguments(*node, ")");
      node = expand_macro(std::move(node));
    }
    return done(std::move(node));
  }

  NodePtr primary() {
    switch (token_.kind) {
      case TokenKind::integer:
      case TokenKind::natural:
      case TokenKind::real: return number("");
      case TokenKind::text:
      case TokenKind::bytes: return quoted();
      case TokenKind::name: return name("");
      case TokenKind::sign: break;
      case TokenKind::quoted_name:
      case TokenKind::end: unexpected("a value");
    }
    if (token_.is(".")) {
      advance();
      if (token_.kind != TokenKind::name) unexpected("a name");
      return name(".");
    }
    if (token_.is("(")) {
      advance();
      NodePtr inner = expression();
      take(")");
      return inner;
    }
    if (token_.is("[")) {
      NodePtr node = make(Node::Form::list);
      advance();
      arguments(*node, "]");
      return done(std::move(node));
    }
    if (token_.is("{")) return map();
    unexpected("a value");
  }

  NodePtr name(std::string_view dot) {
    NodePtr node = make(Node::Form::name);
    node->text = std::string(dot) + token_.text;
    if (dot.empty() && (token_.text == "true" || token_.text == "false" || token_.text == "null")) {
      node->form = Node::Form::literal;
      node->value = token_.text == "null" ? Datum::null() : Datum::of(token_.text == "true");
      advance();
      return node;
    }
    if (std::find(std::begin(kReserved), std::end(kReserved), token_.text) != std::end(kReserved))
      refuse(token_.column, fmt::format("`{}` is a reserved word", token_.text), "choose another name");
    advance();
    if (!token_.is("(")) return node;
    node->form = Node::Form::call;
    advance();
    arguments(*node, ")");
    return done(expand_macro(std::move(node)));
  }

  NodePtr quoted() {
    NodePtr node = make(Node::Form::literal);
    node->value.kind = token_.kind == TokenKind::text ? Kind::text : Kind::bytes;
    node->text = std::move(token_.text);
    advance();
    return node;
  }

  NodePtr number(std::string_view minus) {
    NodePtr node = make(Node::Form::literal);
    const std::string text = std::string(minus) + token_.text;
    const bool hex = token_.text.starts_with("0x") || token_.text.starts_with("0X");
    const std::string digits = hex ? std::string(minus) + token_.text.substr(2) : text;
    bool fits = false;
    if (token_.kind == TokenKind::real) {
      const std::optional<double> value = double_of(text);
      fits = value.has_value();
      node->value = Datum::of(value.value_or(0));
      node->text = text;
    } else if (token_.kind == TokenKind::natural) {
      uint64_t value = 0;
      fits = read(digits, hex, value);
      node->value = Datum::of(value);
    } else {
      int64_t value = 0;
      fits = read(digits, hex, value);
      node->value = Datum::of(value);
    }
    if (!fits)
      refuse(token_.column, fmt::format("{} does not fit into 64 bits", text),
             "write decimal(\"...\") for long numbers");
    advance();
    return node;
  }
  template <class Integer>
  static bool read(const std::string& digits, bool hex, Integer& value) {
    return std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10).ec == std::errc();
  }

  NodePtr map() {
    NodePtr node = make(Node::Form::map);
    advance();
    while (!token_.is("}")) {
      node->children.push_back(expression());
      take(":");
      node->children.push_back(expression());
      if (!token_.is(",")) break;
      advance();
    }
    take("}");
    return done(std::move(node));
  }

  // Up to `close`, a comma may stand in front of it in a list.
  void arguments(Node& node, std::string_view close) {
    while (!token_.is(close)) {
      node.children.push_back(expression());
      if (!token_.is(",")) break;
      advance();
      if (token_.is(close) && close == ")") unexpected("an argument");
    }
    take(close);
  }

  NodePtr make(Node::Form form) const {
    NodePtr node = std::make_unique<Node>();
    node->form = form;
    node->column = token_.column;
    return node;
  }
  NodePtr done(NodePtr node) const {
    for (const NodePtr& child : node->children) node->height = std::max(node->height, child->height + 1);
    if (node->height > limits_.nesting_max) too_deep(node->column);
    return node;
  }
  void advance() { token_ = lexer_.next(); }
  void take(std::string_view sign) {
    if (!token_.is(sign)) unexpected(fmt::format("`{}`", sign));
    advance();
  }
  [[noreturn]] void unexpected(std::string_view wanted) const {
    const std::string shown =
        token_.kind == TokenKind::end ? "the end" : fmt::format("`{}`", token_.text.substr(0, 40));
    refuse(token_.column, fmt::format("{} was expected, not {}", wanted, shown), "complete what stands in front of it");
  }
  [[noreturn]] void too_deep(uint32_t column) const {
    refuse(column, fmt::format("the expression is nested deeper than {} levels", limits_.nesting_max), "split it up");
  }

  Lexer lexer_;
  const ExpressionLimits& limits_;
  Token token_;
  int depth_ = 0;
};

}  // namespace

NodePtr parse(std::string_view text, const ExpressionLimits& limits) {
  if (text.size() > limits.text_bytes_max)
    refuse(1, fmt::format("the expression has {} bytes, at most {}", text.size(), limits.text_bytes_max),
           "split it up");
  if (!is_utf8(text)) refuse(1, "the expression is not UTF-8", "save it as UTF-8");
  return Parser(text, limits).whole();
}

}  // namespace nexpo::cel
