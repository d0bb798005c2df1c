// AbslView: a std::string_view as Abseil takes it.
//
// The system's Abseil is built with a string_view of its own, which does not convert from
// std::string_view: absl::StrCat("reading ", AbslView(name)).
#ifndef SIPHON_BASE_ABSL_VIEW_H_
#define SIPHON_BASE_ABSL_VIEW_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace siphon {

inline absl::string_view AbslView(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

}  // namespace siphon

#endif  // SIPHON_BASE_ABSL_VIEW_H_
