// Expects: which frames a state of a msgr v2 connection takes (the table of msgr-v2, section 4).
// All others are a fault.
//
// Threads: any; no state.
#ifndef SIPHON_MSG_PROTOCOL_V2_EXPECTED_TAGS_H_
#define SIPHON_MSG_PROTOCOL_V2_EXPECTED_TAGS_H_

#include "msg/protocol/v2/frame_tag.h"
#include "msg/protocol/v2/state.h"

namespace siphon::v2 {

bool Expects(State state, Tag tag);

}  // namespace siphon::v2

#endif  // SIPHON_MSG_PROTOCOL_V2_EXPECTED_TAGS_H_
