// CapScanner: reads the text of capabilities, word by word. What Ceph's two grammars (of monitors
// and OSDs) have in common.
//
// A try that fails leaves the position where it was. Threads: one at a time; the text outlives the
// scanner.
#ifndef SIPHON_SERVICES_COMMON_CAPS_CAP_SCANNER_H_
#define SIPHON_SERVICES_COMMON_CAPS_CAP_SCANNER_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace siphon {

class CapScanner {
 public:
  // Longer texts are refused, bytes.
  static constexpr size_t kMaxBytes = 64 << 10;

  // `service` begins the errors: "osd".
  CapScanner(std::string_view text, std::string_view service) : text_(text), service_(service) {}

  bool AtEnd() const { return position_ == text_.size(); }
  size_t position() const { return position_; }
  void set_position(size_t position) { position_ = position; }

  // Skips blanks, at least one.
  bool Spaces();
  void MaybeSpaces() { Spaces(); }
  bool Symbol(char c);
  // `word`, followed by none of a word's characters.
  bool Word(std::string_view word);
  // Blanks, and then the word.
  bool SpacedWord(std::string_view word);
  // `*` or `all`.
  bool Wildcard();
  // A word of letters, digits and "_./-", or anything in quotes; empty only if `may_be_empty`.
  bool String(std::string* out, bool may_be_empty = false);
  // `name=value` or `name value`, blanks before it.
  bool SpacedValue(std::string_view name, std::string* out, bool may_be_empty = false);
  // The end of a grant: at a `,` or `;`, which is skipped with the blanks around it, or the text's
  // end.
  bool Separator();
  bool AtGrantEnd() const;
  // " network 10.0.0.0/8", blanks before it.
  bool Network(std::string* out);

  // "osd capability parse failed, stopped at 'foo' of 'allow foo': expected ...".
  absl::Status Expected(std::string_view what) const;

 private:
  static bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
  static bool IsWordChar(char c);
  char Peek() const { return AtEnd() ? '\0' : text_[position_]; }

  const std::string_view text_;
  const std::string_view service_;
  size_t position_ = 0;
};

}  // namespace siphon

#endif  // SIPHON_SERVICES_COMMON_CAPS_CAP_SCANNER_H_
