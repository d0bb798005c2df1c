#include "services/rados/osd_op_code.h"

namespace siphon::rados {

std::string_view OsdOpName(uint16_t code) {
  switch (code) {
    case kOpRead:
      return "read";
    case kOpStat:
      return "stat";
    case kOpMapExt:
      return "mapext";
    case kOpSparseRead:
      return "sparse-read";
    case kOpNotify:
      return "notify";
    case kOpNotifyAck:
      return "notify-ack";
    case kOpAssertVersion:
      return "assert-version";
    case kOpListWatchers:
      return "list-watchers";
    case kOpListSnaps:
      return "list-snaps";
    case kOpOmapGetKeys:
      return "omap-get-keys";
    case kOpOmapGetVals:
      return "omap-get-vals";
    case kOpOmapGetHeader:
      return "omap-get-header";
    case kOpOmapGetValsByKeys:
      return "omap-get-vals-by-keys";
    case kOpOmapCmp:
      return "omap-cmp";
    case kOpChecksum:
      return "checksum";
    case kOpCmpExt:
      return "cmpext";
    case kOpWrite:
      return "write";
    case kOpWriteFull:
      return "writefull";
    case kOpTruncate:
      return "truncate";
    case kOpZero:
      return "zero";
    case kOpDelete:
      return "delete";
    case kOpAppend:
      return "append";
    case kOpCreate:
      return "create";
    case kOpRollback:
      return "rollback";
    case kOpWatch:
      return "watch";
    case kOpOmapSetVals:
      return "omap-set-vals";
    case kOpOmapSetHeader:
      return "omap-set-header";
    case kOpOmapClear:
      return "omap-clear";
    case kOpOmapRmKeys:
      return "omap-rm-keys";
    case kOpCopyFrom:
      return "copy-from";
    case kOpSetAllocHint:
      return "set-alloc-hint";
    case kOpWriteSame:
      return "writesame";
    case kOpOmapRmKeyRange:
      return "omap-rm-key-range";
    case kOpCopyFrom2:
      return "copy-from2";
    case kOpGetXattr:
      return "getxattr";
    case kOpGetXattrs:
      return "getxattrs";
    case kOpCmpXattr:
      return "cmpxattr";
    case kOpSetXattr:
      return "setxattr";
    case kOpRmXattr:
      return "rmxattr";
    case kOpCall:
      return "call";
    case kOpPgLs:
      return "pgls";
    case kOpPgNls:
      return "pgnls";
    case kOpPgNlsFilter:
      return "pgnls-filter";
    default:
      return "op";
  }
}

}  // namespace siphon::rados
