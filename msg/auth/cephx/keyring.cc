#include "msg/auth/cephx/keyring.h"

#include <cctype>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/absl_view.h"
#include "msg/auth/cephx/secret_file.h"

namespace siphon::cephx {
namespace {

constexpr char kComment[] = "#;";

std::string_view Strip(std::string_view text) {
  const absl::string_view stripped = absl::StripAsciiWhitespace(AbslView(text));
  return {stripped.data(), stripped.size()};
}

// One line after another.
class Parser {
 public:
  explicit Parser(std::string_view source) : source_(source) {}

  absl::Status Line(std::string_view line) {
    ++number_;
    line = Strip(line);
    if (line.empty() || line[0] == '#' || line[0] == ';') return absl::OkStatus();
    return line[0] == '[' ? Section(line) : Field(line);
  }
  absl::Status End() { return Close(); }
  std::map<AuthName, EntityAuth> Take() { return std::move(entries_); }

 private:
  absl::Status Error(std::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat(AbslView(source_), ":", number_, ": ", AbslView(what)));
  }

  absl::Status Section(std::string_view line) {
    if (absl::Status closed = Close(); !closed.ok()) return closed;
    const size_t end = line.find(']');
    const std::string_view rest = end == std::string_view::npos ? "" : Strip(line.substr(end + 1));
    if (end == std::string_view::npos || (!rest.empty() && rest.find_first_of(kComment) != 0)) {
      return Error("an entry begins with its name in brackets, as [client.admin]");
    }
    absl::StatusOr<AuthName> name = AuthName::Parse(Strip(line.substr(1, end - 1)));
    if (!name.ok()) return Error({name.status().message().data(), name.status().message().size()});
    current_ = &entries_[*name];
    begun_at_ = number_;
    name_ = *std::move(name);
    return absl::OkStatus();
  }

  absl::Status Field(std::string_view line) {
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      return Error("neither [NAME] nor key = … nor caps SERVICE = …");
    }
    if (current_ == nullptr) return Error("a field before the first [NAME]");
    const std::string_view field = Strip(line.substr(0, equals));
    std::string value;
    if (absl::Status status = Value(Strip(line.substr(equals + 1)), &value); !status.ok()) {
      return status;
    }
    if (field == "key") return Key(value);
    if (field == "auid") return absl::OkStatus();
    const size_t blank = field.find_first_of(" \t_");
    const std::string_view service =
        blank == std::string_view::npos ? "" : Strip(field.substr(blank + 1));
    if (field.substr(0, blank) != "caps" || service.empty() ||
        service.find_first_of(" \t\"[]") != std::string_view::npos) {
      return Error("a field that is neither key nor caps SERVICE");
    }
    current_->caps[std::string(service)] = std::move(value);
    return absl::OkStatus();
  }

  absl::Status Key(std::string_view text) {
    absl::StatusOr<CryptoKey> key = CryptoKey::FromBase64(text);
    if (!key.ok()) return Error({key.status().message().data(), key.status().message().size()});
    current_->key = *std::move(key);
    return absl::OkStatus();
  }

  // Of a value in quotes, what is within, with \" and \\ resolved; else up to a comment.
  absl::Status Value(std::string_view text, std::string* value) const {
    if (text.empty() || text[0] != '"') {
      *value = std::string(Strip(text.substr(0, text.find_first_of(kComment))));
      return absl::OkStatus();
    }
    size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      value->push_back(text[i]);
    }
    const std::string_view rest = i < text.size() ? Strip(text.substr(i + 1)) : "";
    if (i >= text.size() || (!rest.empty() && rest.find_first_of(kComment) != 0)) {
      return Error("a quoted value does not end with its quote");
    }
    return absl::OkStatus();
  }

  absl::Status Close() const {
    if (current_ == nullptr || !current_->key.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(AbslView(source_), ":", begun_at_, ": [",
                                                   name_.ToString(), "] has no key = …"));
  }

  const std::string_view source_;
  size_t number_ = 0;
  size_t begun_at_ = 0;
  AuthName name_;
  EntityAuth* current_ = nullptr;
  std::map<AuthName, EntityAuth> entries_;
};

}  // namespace

absl::StatusOr<Keyring> Keyring::Parse(std::string_view text, std::string_view source) {
  Parser parser(source);
  while (!text.empty()) {
    const size_t end = text.find('\n');
    if (absl::Status status = parser.Line(text.substr(0, end)); !status.ok()) return status;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (absl::Status status = parser.End(); !status.ok()) return status;
  Keyring keyring;
  keyring.entries_ = parser.Take();
  return keyring;
}

absl::StatusOr<Keyring> Keyring::Load(const std::string& path) {
  absl::StatusOr<std::string> text = ReadSecretFile(path, kMaxFileBytes);
  if (!text.ok()) return text.status();
  absl::StatusOr<Keyring> keyring = Parse(*text, path);
  WipeSecret(&*text);
  return keyring;
}

absl::StatusOr<Keyring> Keyring::LoadFirst(std::string_view paths) {
  for (const absl::string_view path :
       absl::StrSplit(AbslView(paths), absl::ByAnyChar(", ;\t"), absl::SkipEmpty())) {
    absl::StatusOr<Keyring> keyring = Load(std::string(path));
    if (keyring.ok() || !absl::IsNotFound(keyring.status())) return keyring;
  }
  return absl::NotFoundError(
      absl::StrCat("no keyring: none of \"", AbslView(paths),
                   "\" exists; set the option keyring, or give --keyring FILE"));
}

std::string KeyringText(const AuthName& name, const EntityAuth& auth) {
  std::string text = absl::StrCat("[", name.ToString(), "]\n");
  if (!auth.key.empty()) absl::StrAppend(&text, "\tkey = ", auth.key.ToBase64(), "\n");
  for (const auto& [service, caps] : auth.caps) {
    absl::StrAppend(&text, "\tcaps ", service, " = \"");
    for (const char c : caps) {
      if (c == '"' || c == '\\') text.push_back('\\');
      // A line's end would let caps begin an entry of their own.
      text.push_back(std::iscntrl(static_cast<unsigned char>(c)) ? ' ' : c);
    }
    text += "\"\n";
  }
  return text;
}

std::string Keyring::ToText() const {
  std::string text;
  for (const auto& [name, auth] : entries_) text += KeyringText(name, auth);
  return text;
}

absl::Status Keyring::Save(const std::string& path) const {
  std::string text = ToText();
  const absl::Status status = WriteSecretFile(path, text);
  WipeSecret(&text);
  return status;
}

const EntityAuth* Keyring::Find(const AuthName& name) const {
  const auto it = entries_.find(name);
  return it == entries_.end() ? nullptr : &it->second;
}

}  // namespace siphon::cephx
