// JsonObject: writes JSON for other programs to read; only what the client needs.
#ifndef SIPHON_SERVICES_CLIENT_JSON_TEXT_H_
#define SIPHON_SERVICES_CLIENT_JSON_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siphon::client {

// The text in quotes. Bytes that are no UTF-8 become U+FFFD: object names may be any bytes.
std::string JsonQuote(std::string_view text);

// "[a,b]" of values that are JSON already.
std::string JsonArray(const std::vector<std::string>& values);

class JsonObject {
 public:
  JsonObject& Add(std::string_view key, std::string_view text) {
    return AddRaw(key, JsonQuote(text));
  }
  JsonObject& Add(std::string_view key, uint64_t number);
  JsonObject& Add(std::string_view key, double number);
  // `json` as it is.
  JsonObject& AddRaw(std::string_view key, std::string_view json);
  std::string ToString() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_JSON_TEXT_H_
