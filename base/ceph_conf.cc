#include "base/ceph_conf.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <set>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/absl_view.h"

namespace siphon {
namespace {

// References in a value may nest this deep, be this many in all, and grow it to this many bytes;
// what goes beyond stays as it is.
constexpr int kMaxDepth = 8;
constexpr int kMaxReferences = 1000;
constexpr size_t kMaxExpanded = 64 << 10;

std::string_view Stripped(std::string_view text) {
  const absl::string_view out = absl::StripAsciiWhitespace(AbslView(text));
  return {out.data(), out.size()};
}

// "log  file" and "log-file" are "log_file".
std::string OptionName(std::string_view text) {
  std::string out;
  for (const char c : Stripped(text)) {
    const bool separates = c == ' ' || c == '\t' || c == '-' || c == '_';
    if (!separates) {
      out.push_back(c);
    } else if (out.empty() || out.back() != '_') {
      out.push_back('_');
    }
  }
  return out;
}

// A value's text: ends at a comment, loses its quotes and escapes. Nothing if a quote stays open.
std::optional<std::string> Unquoted(std::string_view text) {
  text = Stripped(text);
  std::string out;
  char quote = 0;
  // Whitespace at the end goes, but not what is quoted or escaped.
  size_t keep = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && i + 1 < text.size() && std::strchr("#;\"'\\", text[i + 1]) != nullptr) {
      out.push_back(text[++i]);
      keep = out.size();
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        out.push_back(c);
      }
      keep = out.size();
    } else if (c == '#' || c == ';') {
      break;
    } else if ((c == '"' || c == '\'') && out.empty()) {
      quote = c;
    } else {
      out.push_back(c);
      if (!absl::ascii_isspace(static_cast<unsigned char>(c))) keep = out.size();
    }
  }
  if (quote != 0) return std::nullopt;
  out.resize(keep);
  return out;
}

// Takes the next line off `text`, with the lines that a backslash joins to it.
std::string NextLine(std::string_view* text, int* lines) {
  std::string line;
  for (;;) {
    const size_t end = text->find('\n');
    std::string_view piece = text->substr(0, end);
    text->remove_prefix(end == std::string_view::npos ? text->size() : end + 1);
    ++*lines;
    if (!piece.empty() && piece.back() == '\r') piece.remove_suffix(1);
    if (piece.empty() || piece.back() != '\\' || text->empty()) return line.append(piece);
    line.append(piece.substr(0, piece.size() - 1));
  }
}

std::string HostName() {
  char name[256] = {};
  if (gethostname(name, sizeof(name) - 1) != 0) return "localhost";
  const std::string_view full(name);
  return std::string(full.substr(0, full.find('.')));
}

std::string ClusterOf(std::string_view file_name) {
  const size_t slash = file_name.rfind('/');
  if (slash != std::string_view::npos) file_name.remove_prefix(slash + 1);
  constexpr std::string_view kEnd = ".conf";
  if (file_name.size() <= kEnd.size() || !file_name.ends_with(kEnd)) return "ceph";
  return std::string(file_name.substr(0, file_name.size() - kEnd.size()));
}

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// The metavariable's name after the '$' at text[at], and how many bytes the whole reference takes;
// 0 when it is none.
std::pair<std::string_view, size_t> ReferenceAt(std::string_view text, size_t at) {
  const std::string_view rest = text.substr(at + 1);
  if (!rest.empty() && rest[0] == '{') {
    const size_t close = rest.find('}');
    if (close == std::string_view::npos) return {{}, 0};
    return {rest.substr(1, close - 1), close + 2};
  }
  size_t n = 0;
  while (n < rest.size() && IsNameCharacter(rest[n])) ++n;
  return {rest.substr(0, n), n == 0 ? 0 : n + 1};
}

}  // namespace

absl::StatusOr<CephConf> CephConf::Parse(std::string_view text, std::string_view file_name) {
  CephConf conf;
  conf.file_name_ = std::string(file_name);
  Section* section = &conf.sections_["global"];
  for (int lines = 0; !text.empty();) {
    const int first_line = lines + 1;
    const std::string whole = NextLine(&text, &lines);
    const std::string_view line = Stripped(whole);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    const auto bad = [&](absl::string_view what) {
      return absl::InvalidArgumentError(absl::StrCat(AbslView(file_name), ":", first_line, ": \"",
                                                     AbslView(line.substr(0, 80)), "\" ", what));
    };
    if (line[0] == '[') {
      const size_t close = line.find(']');
      if (close == std::string_view::npos) return bad("has no ']'; write [SECTION]");
      const std::string_view after = Stripped(line.substr(close + 1));
      if (!after.empty() && after[0] != '#' && after[0] != ';') {
        return bad("has more than a section's name; put the setting on a line of its own");
      }
      const std::string_view name = Stripped(line.substr(1, close - 1));
      if (name.empty()) return bad("names no section; write [global], [osd] or [osd.3]");
      section = &conf.sections_[std::string(name)];
      continue;
    }
    const size_t equals = line.find('=');
    if (equals == std::string_view::npos) {
      return bad("is neither a section nor a setting; write NAME = VALUE");
    }
    std::string name = OptionName(line.substr(0, equals));
    if (name.empty()) return bad("has no name; write NAME = VALUE");
    std::optional<std::string> value = Unquoted(line.substr(equals + 1));
    if (!value) return bad("opens a quote and does not close it");
    (*section)[std::move(name)] = *std::move(value);
  }
  return conf;
}

absl::StatusOr<CephConf> CephConf::Load(const std::string& path) {
  const auto unreadable = [&] {
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read (", std::strerror(errno),
                                            "); give the path of a ceph.conf"));
  };
  std::FILE* const file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return unreadable();
  const auto close = absl::MakeCleanup([file] { std::fclose(file); });
  std::string text;
  char chunk[4096];
  while (const size_t n = std::fread(chunk, 1, sizeof(chunk), file)) text.append(chunk, n);
  if (std::ferror(file)) return unreadable();
  return Parse(text, path);
}

std::vector<const CephConf::Section*> CephConf::SectionsOf(const Entity& entity) const {
  std::vector<const Section*> out;
  const std::string full = absl::StrCat(AbslView(entity.type), ".", AbslView(entity.id));
  for (const std::string_view name : {std::string_view(full), entity.type, {"global"}}) {
    const auto section = sections_.find(name);
    if (section != sections_.end()) out.push_back(&section->second);
  }
  return out;
}

const std::string* CephConf::Find(const Entity& entity, std::string_view name) const {
  for (const Section* section : SectionsOf(entity)) {
    const auto value = section->find(name);
    if (value != section->end()) return &value->second;
  }
  return nullptr;
}

std::optional<std::string> CephConf::Metavariable(const Entity& entity, std::string_view name,
                                                  int depth, int* left) const {
  if (name == "cluster") return ClusterOf(file_name_);
  if (name == "type") return std::string(entity.type);
  if (name == "id" || name == "num") return std::string(entity.id);
  if (name == "name") return absl::StrCat(AbslView(entity.type), ".", AbslView(entity.id));
  if (name == "host") return HostName();
  if (name == "pid") return absl::StrCat(getpid());
  const std::string option = OptionName(name);
  if (const std::string* value = Find(entity, option)) {
    return Expand(entity, *value, depth + 1, left);
  }
  if (const OptionSpec* spec = FindOption(option)) return std::string(spec->default_text);
  return std::nullopt;
}

std::string CephConf::Expanded(const Entity& entity, std::string_view value) const {
  int left = kMaxReferences;
  return Expand(entity, value, 0, &left);
}

std::string CephConf::Expand(const Entity& entity, std::string_view value, int depth,
                             int* left) const {
  std::string out;
  for (size_t i = 0; i < value.size();) {
    if (value[i] == '$' && depth < kMaxDepth && *left > 0 && out.size() < kMaxExpanded) {
      const auto [name, length] = ReferenceAt(value, i);
      if (length > 0) {
        --*left;
        const std::optional<std::string> text = Metavariable(entity, name, depth, left);
        out.append(text ? std::string_view(*text) : value.substr(i, length));
        i += length;
        continue;
      }
    }
    out.push_back(value[i++]);
  }
  return out;
}

std::optional<std::string> CephConf::Get(std::string_view type, std::string_view id,
                                         std::string_view name) const {
  const Entity entity{type, id};
  const std::string* value = Find(entity, OptionName(name));
  if (value == nullptr) return std::nullopt;
  return Expanded(entity, *value);
}

absl::Status CephConf::ApplyTo(Config* config, std::string_view type, std::string_view id,
                               std::vector<std::string>* ignored) const {
  const Entity entity{type, id};
  std::set<std::string, std::less<>> names;
  for (const Section* section : SectionsOf(entity)) {
    for (const auto& [name, value] : *section) names.insert(name);
  }
  for (const std::string& name : names) {
    if (FindOption(name) == nullptr) {
      if (ignored != nullptr) ignored->push_back(name);
      continue;
    }
    const absl::Status status =
        config->Set(name, Expanded(entity, *Find(entity, name)), Config::Source::kFile);
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat(file_name_, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

}  // namespace siphon
