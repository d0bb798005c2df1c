// Feature bits that peers announce in the handshake (protocol section 13).
//
// Bits were reused: a bit's second and third "incarnation" is meant only if marker bits are set too
// (57 for the second, 57 and 28 for the third), so features are tested with HasFeature() against a
// whole mask, never bit by bit.
#ifndef SIPHON_MSG_FEATURES_H_
#define SIPHON_MSG_FEATURES_H_

#include <cstdint>

namespace siphon {

inline constexpr uint64_t kIncarnation1 = 0;
inline constexpr uint64_t kIncarnation2 = uint64_t{1} << 57;
inline constexpr uint64_t kIncarnation3 = kIncarnation2 | (uint64_t{1} << 28);

inline constexpr uint64_t kFeatureUid = uint64_t{1} << 0;
inline constexpr uint64_t kFeatureServerNautilus = (uint64_t{1} << 2) | kIncarnation3;
inline constexpr uint64_t kFeatureReconnectSeq = uint64_t{1} << 6;
inline constexpr uint64_t kFeaturePgid64 = uint64_t{1} << 9;
inline constexpr uint64_t kFeatureOsdReplyMux = uint64_t{1} << 12;
inline constexpr uint64_t kFeatureOsdEnc = uint64_t{1} << 13;
inline constexpr uint64_t kFeatureServerLuminous = (uint64_t{1} << 21) | kIncarnation2;
inline constexpr uint64_t kFeatureMsgAuth = uint64_t{1} << 23;
inline constexpr uint64_t kFeatureServerMimic = (uint64_t{1} << 28) | kIncarnation2;
inline constexpr uint64_t kFeatureKeepalive2 = uint64_t{1} << 42;
inline constexpr uint64_t kFeatureNewOsdOpEncoding = uint64_t{1} << 56;
inline constexpr uint64_t kFeatureMonStatefulSub = uint64_t{1} << 57;
inline constexpr uint64_t kFeatureMsgAddr2 = uint64_t{1} << 59;
inline constexpr uint64_t kFeatureCephxV2 = uint64_t{1} << 61;

// What Ceph 16.2 announces everywhere, and what this code speaks the messages of.
inline constexpr uint64_t kFeaturesPacific = 0x3f01cfbdfffdffff;
inline constexpr uint64_t kFeaturesSupported = kFeaturesPacific;

constexpr bool HasFeature(uint64_t features, uint64_t mask) { return (features & mask) == mask; }

}  // namespace siphon

#endif  // SIPHON_MSG_FEATURES_H_
