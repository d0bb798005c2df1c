// TraceInfo: the 24 bytes of a distributed trace (blkin) that some messages carry; zeros when off.
#ifndef SIPHON_SERVICES_RADOS_TRACE_INFO_H_
#define SIPHON_SERVICES_RADOS_TRACE_INFO_H_

#include <cstdint>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

struct TraceInfo {
  int64_t trace_id = 0;
  int64_t span_id = 0;
  int64_t parent_span_id = 0;

  void Encode(Encoder& e) const {
    e.I64(trace_id);
    e.I64(span_id);
    e.I64(parent_span_id);
  }
  static TraceInfo Decode(Decoder& d) {
    TraceInfo t;
    t.trace_id = d.I64();
    t.span_id = d.I64();
    t.parent_span_id = d.I64();
    return t;
  }
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_TRACE_INFO_H_
