#include "services/common/caps/cap_scanner.h"

#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon {

bool CapScanner::IsWordChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '/' || c == '-';
}

bool CapScanner::Spaces() {
  const size_t before = position_;
  while (!AtEnd() && IsSpace(Peek())) ++position_;
  return position_ > before;
}

bool CapScanner::Symbol(char c) {
  if (AtEnd() || Peek() != c) return false;
  ++position_;
  return true;
}

bool CapScanner::Word(std::string_view word) {
  if (text_.substr(position_, word.size()) != word) return false;
  const size_t end = position_ + word.size();
  if (end < text_.size() && IsWordChar(text_[end])) return false;
  position_ = end;
  return true;
}

bool CapScanner::SpacedWord(std::string_view word) {
  const size_t before = position_;
  if (Spaces() && Word(word)) return true;
  position_ = before;
  return false;
}

bool CapScanner::Wildcard() { return Symbol('*') || Word("all"); }

bool CapScanner::String(std::string* out, bool may_be_empty) {
  const size_t before = position_;
  const char quote = Peek();
  if (quote == '"' || quote == '\'') {
    const size_t end = text_.find(quote, position_ + 1);
    if (end == std::string_view::npos || (end == position_ + 1 && !may_be_empty)) return false;
    *out = text_.substr(position_ + 1, end - position_ - 1);
    position_ = end + 1;
    return true;
  }
  while (!AtEnd() && IsWordChar(Peek())) ++position_;
  *out = text_.substr(before, position_ - before);
  return position_ > before;
}

bool CapScanner::SpacedValue(std::string_view name, std::string* out, bool may_be_empty) {
  const size_t before = position_;
  if (SpacedWord(name) && (Symbol('=') || Spaces()) && String(out, may_be_empty)) return true;
  position_ = before;
  return false;
}

bool CapScanner::AtGrantEnd() const {
  return AtEnd() || text_[position_] == ',' || text_[position_] == ';';
}

bool CapScanner::Separator() {
  const size_t before = position_;
  MaybeSpaces();
  if (Symbol(',') || Symbol(';')) {
    MaybeSpaces();
    return true;
  }
  position_ = before;
  return false;
}

bool CapScanner::Network(std::string* out) {
  const size_t before = position_;
  if (!SpacedWord("network") || !Spaces()) {
    position_ = before;
    return false;
  }
  const size_t begin = position_;
  const std::string_view known = "/.:abcdefABCDEF0123456789[]";
  while (!AtEnd() && known.find(Peek()) != std::string_view::npos) ++position_;
  *out = text_.substr(begin, position_ - begin);
  if (!out->empty()) return true;
  position_ = before;
  return false;
}

absl::Status CapScanner::Expected(std::string_view what) const {
  constexpr size_t kMaxShown = 200;
  const std::string_view rest = text_.substr(position_, kMaxShown);
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(service_), " capability parse failed, stopped at ",
                   rest.empty() ? "end" : absl::StrCat("'", AbslView(rest), "'"), " of '",
                   AbslView(text_.substr(0, kMaxShown)), "': expected ", AbslView(what)));
}

}  // namespace siphon
