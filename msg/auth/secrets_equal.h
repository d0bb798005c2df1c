// SecretsEqual: compares two secrets, or what is computed from them, in a time that does not depend
// on their bytes (it does on their lengths, which are no secret).
#ifndef SIPHON_MSG_AUTH_SECRETS_EQUAL_H_
#define SIPHON_MSG_AUTH_SECRETS_EQUAL_H_

#include <cstdint>
#include <string_view>

namespace siphon {

bool SecretsEqual(std::string_view a, std::string_view b);
bool SecretsEqual(uint64_t a, uint64_t b);

}  // namespace siphon

#endif  // SIPHON_MSG_AUTH_SECRETS_EQUAL_H_
