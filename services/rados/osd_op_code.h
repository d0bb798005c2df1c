// OsdOpCode and the flags of operations and requests, with Ceph's numbers.
#ifndef SIPHON_SERVICES_RADOS_OSD_OP_CODE_H_
#define SIPHON_SERVICES_RADOS_OSD_OP_CODE_H_

#include <cstdint>
#include <string_view>

namespace siphon::rados {

// mode (read 0x1000, write 0x2000, both 0x3000, cache 0x8000) | type (data, attr, exec, pg) |
// number.
enum OsdOpCode : uint16_t {
  kOpRead = 0x1201,
  kOpStat = 0x1202,
  kOpMapExt = 0x1203,
  kOpSparseRead = 0x1205,
  kOpNotify = 0x1206,
  kOpNotifyAck = 0x1207,
  kOpAssertVersion = 0x1208,
  kOpListWatchers = 0x1209,
  kOpListSnaps = 0x120a,
  kOpOmapGetKeys = 0x1211,
  kOpOmapGetVals = 0x1212,
  kOpOmapGetHeader = 0x1213,
  kOpOmapGetValsByKeys = 0x1214,
  kOpOmapCmp = 0x1219,
  kOpCopyGet = 0x121e,
  kOpChecksum = 0x121f,
  kOpCmpExt = 0x1220,
  kOpWrite = 0x2201,
  kOpWriteFull = 0x2202,
  kOpTruncate = 0x2203,
  kOpZero = 0x2204,
  kOpDelete = 0x2205,
  kOpAppend = 0x2206,
  kOpCreate = 0x220d,
  kOpRollback = 0x220e,
  kOpWatch = 0x220f,
  kOpOmapSetVals = 0x2215,
  kOpOmapSetHeader = 0x2216,
  kOpOmapClear = 0x2217,
  kOpOmapRmKeys = 0x2218,
  kOpCopyFrom = 0x221a,
  kOpSetAllocHint = 0x2223,
  kOpTierPromote = 0x2229,
  kOpWriteSame = 0x2226,
  kOpOmapRmKeyRange = 0x222c,
  kOpCopyFrom2 = 0x222d,
  kOpGetXattr = 0x1301,
  kOpGetXattrs = 0x1302,
  kOpCmpXattr = 0x1303,
  kOpSetXattr = 0x2301,
  kOpRmXattr = 0x2304,
  kOpCall = 0x1401,
  kOpPgLs = 0x1501,
  kOpPgLsFilter = 0x1502,
  kOpPgHitSetList = 0x1503,
  kOpPgHitSetGet = 0x1504,
  kOpPgNls = 0x1505,
  kOpPgNlsFilter = 0x1506,
  kOpScrubLs = 0x1507,
  kOpCacheFlush = 0x821f,
  kOpCacheEvict = 0x8220,
  kOpCacheTryFlush = 0x8221,
  kOpTierFlush = 0x822b,
  kOpTierEvict = 0x822c,
};

constexpr bool IsWriteOp(uint16_t code) { return (code & 0x2000) != 0; }
constexpr bool IsReadOp(uint16_t code) { return (code & 0x1000) != 0; }
constexpr bool IsAttrOp(uint16_t code) { return (code & 0x0f00) == 0x0300; }
constexpr bool IsPgOp(uint16_t code) { return (code & 0x0f00) == 0x0500; }

// "writefull", ...; "op" for one that is not known here.
std::string_view OsdOpName(uint16_t code);

// Flags of one operation.
inline constexpr uint32_t kOpFlagExclusive = 1;  // create: fails if the object exists
inline constexpr uint32_t kOpFlagFailOk = 2;     // its failure lets the rest go on

// What OsdOp::Watch::op asks for.
inline constexpr uint8_t kWatchOpUnwatch = 0;
inline constexpr uint8_t kWatchOpLegacyWatch = 1;  // without pings
inline constexpr uint8_t kWatchOpWatch = 3;
inline constexpr uint8_t kWatchOpReconnect = 5;
inline constexpr uint8_t kWatchOpPing = 7;

// What OsdOp::Checksum::type asks for.
inline constexpr uint8_t kChecksumXxhash32 = 0;
inline constexpr uint8_t kChecksumXxhash64 = 1;
inline constexpr uint8_t kChecksumCrc32c = 2;

// Flags of a request and its reply.
inline constexpr uint32_t kRequestAck = 0x1;
inline constexpr uint32_t kRequestOnNvram = 0x2;
inline constexpr uint32_t kRequestOnDisk = 0x4;
inline constexpr uint32_t kRequestRetry = 0x8;
inline constexpr uint32_t kRequestRead = 0x10;
inline constexpr uint32_t kRequestWrite = 0x20;
inline constexpr uint32_t kRequestOrderSnap = 0x40;
inline constexpr uint32_t kRequestBalanceReads = 0x100;  // any copy will do
inline constexpr uint32_t kRequestPgOp = 0x400;
inline constexpr uint32_t kRequestExec = 0x800;
inline constexpr uint32_t kRequestLocalizeReads = 0x2000;  // the nearest copy
inline constexpr uint32_t kRequestIgnoreOverlay = 0x20000;
inline constexpr uint32_t kRequestEnforceSnapContext = 0x100000;
inline constexpr uint32_t kRequestKnownRedirected = 0x400000;
inline constexpr uint32_t kRequestFullTry = 0x800000;
inline constexpr uint32_t kRequestFullForce = 0x1000000;
inline constexpr uint32_t kRequestReturnVector = 0x4000000;

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_OSD_OP_CODE_H_
