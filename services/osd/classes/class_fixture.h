// For tests of object classes: calls as clients make them, on an object in memory.
#ifndef SIPHON_SERVICES_OSD_CLASSES_CLASS_FIXTURE_H_
#define SIPHON_SERVICES_OSD_CLASSES_CLASS_FIXTURE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "base/buffer_list.h"
#include "base/encoder.h"
#include "services/osd/pg/pg_fixture.h"

namespace siphon::osd {

class ClassFixture : public PgFixture {
 protected:
  struct Result {
    int32_t code = 0;
    BufferList out;
  };

  Result CallOn(const std::string& oid, const std::string& object_class, const std::string& method,
                const BufferList& in) {
    const auto reply = Run({Call(object_class, method, in)}, oid);
    return {reply->result, reply->ops.empty() ? BufferList() : reply->ops[0].out};
  }
  static BufferList Text(const std::string& text) { return BufferList::CopyOf(text); }
  // What `fill` encodes.
  static BufferList Encoded(const std::function<void(Encoder&)>& fill) {
    BufferList bytes;
    Encoder e(&bytes);
    fill(e);
    return bytes;
  }
  // The same as a versioned structure.
  static BufferList Struct(const std::function<void(Encoder&)>& fill, uint8_t version = 1) {
    return Encoded([&](Encoder& e) {
      Encoder::Versioned v(e, version, 1);
      fill(e);
    });
  }
  // Empty if there is none.
  std::string Attr(const std::string& oid, const std::string& name) {
    const auto reply = Run({GetXattr(name)}, oid);
    return reply->result < 0 ? "" : reply->ops[0].out.ToString();
  }
  bool Exists(const std::string& oid) { return Run({Op(rados::kOpStat)}, oid)->result == 0; }
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_CLASS_FIXTURE_H_
