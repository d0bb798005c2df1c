// The version of Siphon, for --version.
#ifndef SIPHON_BASE_FLAGS_VERSION_H_
#define SIPHON_BASE_FLAGS_VERSION_H_

namespace siphon {

inline constexpr char kSiphonVersion[] = "0.1.0";

}  // namespace siphon

#endif  // SIPHON_BASE_FLAGS_VERSION_H_
