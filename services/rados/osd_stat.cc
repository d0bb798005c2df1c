#include "services/rados/osd_stat.h"

#include "services/rados/container_codec.h"

namespace siphon::rados {

void OsdStat::Encode(Encoder& e) const {
  Encoder::Versioned v(e, 14, 2);
  e.I64(kb);
  e.I64(kb_used);
  e.I64(kb_avail);
  e.U32(snap_trim_queue_len);
  e.U32(num_snap_trimming);
  EncodeEach(e, hb_peers, [&e](int32_t osd) { e.I32(osd); });
  e.U32(0);  // peers to send to
  {
    Encoder::Versioned histogram(e, 1, 1);
    e.U32(0);
  }
  {
    Encoder::Versioned latency(e, 1, 1);
    e.U32(commit_latency_ms);
    e.U32(apply_latency_ms);
  }
  e.U32(up_from);
  e.U64(seq);
  e.U32(num_pgs);
  e.I64(kb_used_data);
  e.I64(kb_used_omap);
  e.I64(kb_used_meta);
  statfs.Encode(e);
  e.U32(0);  // alerts
  e.U64(0);  // shards repaired
  e.U32(1);  // OSDs counted, and those with figures by pool
  e.U32(0);
  e.U32(0);
  e.U32(0);  // ping times
}

OsdStat OsdStat::Decode(Decoder& d) {
  OsdStat s;
  Decoder::Versioned v(d, 14, "osd_stat_t");
  if (d.ok() && v.version() < 11) d.Fail("osd_stat_t is older than of Ceph 14");
  s.kb = d.I64();
  s.kb_used = d.I64();
  s.kb_avail = d.I64();
  s.snap_trim_queue_len = d.U32();
  s.num_snap_trimming = d.U32();
  DecodeEach(d, 4, [&] { s.hb_peers.push_back(d.I32()); });
  DecodeEach(d, 4, [&] { d.Skip(4); });
  {
    Decoder::Versioned histogram(d, 1, "pow2_hist_t");
  }
  {
    Decoder::Versioned latency(d, 2, "objectstore_perf_stat_t");
    s.commit_latency_ms = d.U32();
    s.apply_latency_ms = d.U32();
  }
  s.up_from = d.U32();
  s.seq = d.U64();
  s.num_pgs = d.U32();
  s.kb_used_data = d.I64();
  s.kb_used_omap = d.I64();
  s.kb_used_meta = d.I64();
  s.statfs = StoreStatfs::Decode(d);
  return s;
}

}  // namespace siphon::rados
