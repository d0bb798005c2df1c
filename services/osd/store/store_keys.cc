#include "services/osd/store/store_keys.h"

#include <utility>

namespace siphon::osd::store_keys {
namespace {

using rados::HObject;
using rados::PgId;

constexpr uint64_t kSignBit = uint64_t{1} << 63;

template <typename T>
void AppendNumber(T v, std::string* out) {
  for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8) {
    *out += static_cast<char>(v >> shift);
  }
}

void AppendText(std::string_view text, std::string* out) {
  for (const char c : text) {
    *out += c;
    if (c == '\0') *out += '\xff';
  }
  out->append("\0\1", 2);
}

// Takes keys apart from the front; sticky about what does not fit.
class Reader {
 public:
  explicit Reader(std::string_view key) : rest_(key) {}

  template <typename T>
  T Number() {
    if (rest_.size() < sizeof(T)) {
      ok_ = false;
      return 0;
    }
    T v = 0;
    for (size_t i = 0; i < sizeof(T); ++i) v = static_cast<T>(v << 8 | uint8_t(rest_[i]));
    rest_.remove_prefix(sizeof(T));
    return v;
  }
  std::string Text() {
    std::string text;
    while (rest_.size() >= 2) {
      const char c = rest_[0];
      if (c != '\0') {
        text += c;
        rest_.remove_prefix(1);
        continue;
      }
      const char mark = rest_[1];
      rest_.remove_prefix(2);
      if (mark == '\1') return text;
      if (mark != '\xff') break;
      text += '\0';
    }
    ok_ = false;
    return text;
  }
  bool ok() const { return ok_; }
  bool ok_and_done() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::string OfPg(char kind, const PgId& pg) {
  std::string key(1, kind);
  AppendNumber(pg.pool, &key);
  AppendNumber(pg.ps, &key);
  return key;
}

std::string OfObject(const PgId& pg, const HObject& object) {
  std::string key = OfPg(kObjects, pg);
  AppendNumber(static_cast<uint64_t>(object.pool) ^ kSignBit, &key);
  AppendNumber(object.reversed_hash(), &key);
  AppendText(object.nspace, &key);
  AppendText(object.effective_key(), &key);
  AppendText(object.oid, &key);
  AppendNumber(object.snap, &key);
  return key;
}

std::string OfNumber(uint64_t number) {
  std::string key;
  AppendNumber(number, &key);
  return key;
}

std::string OfOmapHeader(uint64_t number) { return OfNumber(number) + 'h'; }

std::string OfOmap(uint64_t number, std::string_view key) {
  std::string full = OfNumber(number);
  full += 'k';
  full += key;
  return full;
}

std::string OfChunk(uint64_t number, uint64_t index) {
  std::string key = OfNumber(number);
  AppendNumber(index, &key);
  return key;
}

std::string After(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

std::optional<PgId> PgOf(std::string_view key) {
  if (key.size() < kPgKeySize) return std::nullopt;
  Reader reader(key.substr(1));
  PgId pg;
  pg.pool = reader.Number<uint64_t>();
  pg.ps = reader.Number<uint32_t>();
  return pg;
}

std::optional<HObject> ObjectOf(std::string_view key) {
  if (key.size() < kPgKeySize) return std::nullopt;
  Reader reader(key.substr(kPgKeySize));
  HObject object;
  object.pool = static_cast<int64_t>(reader.Number<uint64_t>() ^ kSignBit);
  object.hash = rados::ReverseBits(reader.Number<uint32_t>());
  object.nspace = reader.Text();
  object.key = reader.Text();
  object.oid = reader.Text();
  object.snap = reader.Number<uint64_t>();
  if (!reader.ok_and_done()) return std::nullopt;
  if (object.key == object.oid) object.key.clear();
  return object;
}

std::optional<uint64_t> NumberOf(std::string_view key) {
  Reader reader(key);
  const uint64_t number = reader.Number<uint64_t>();
  return reader.ok() ? std::optional(number) : std::nullopt;
}

std::optional<uint64_t> ChunkIndexOf(std::string_view key) {
  if (key.size() != kNumberSize + 8) return std::nullopt;
  return NumberOf(key.substr(kNumberSize));
}

}  // namespace siphon::osd::store_keys
