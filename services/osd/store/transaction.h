// Transaction: changes to objects of one collection, which a store applies all or none.
//
// The steps take effect in the order in which they were added. What they name need not exist: a
// write makes the object, a removal of what is absent does nothing.
//
// Threads: one at a time. A Transaction is a value; payload is shared, not copied.
#ifndef SIPHON_SERVICES_OSD_STORE_TRANSACTION_H_
#define SIPHON_SERVICES_OSD_STORE_TRANSACTION_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/buffer_list.h"
#include "services/rados/hobject.h"

namespace siphon::osd {

// Names and values of attributes or of the object map.
using KeyValues = std::map<std::string, BufferList>;

class Transaction {
 public:
  enum class Kind : uint8_t {
    kTouch,
    kWrite,
    kWriteFull,
    kTruncate,
    kZero,
    kRemove,
    kClone,
    kSetAttrs,
    kRemoveAttr,
    kOmapSet,
    kOmapRemove,
    kOmapRemoveRange,
    kOmapClear,
    kOmapSetHeader,
    kNote,
  };

  struct Step {
    Kind kind;
    rados::HObject object;
    rados::HObject source;       // kClone
    uint64_t offset = 0;         // kTruncate: the new size
    uint64_t length = 0;         // kZero
    BufferList data;             // kWrite, kWriteFull, kOmapSetHeader
    KeyValues values;            // kSetAttrs, kOmapSet, kNote
    std::set<std::string> keys;  // kRemoveAttr, kOmapRemove
    std::string first;           // kOmapRemoveRange: from this key...
    std::string last;            // ...to before this one
  };

  // Makes the object, empty, if it does not exist.
  void Touch(const rados::HObject& object);
  void Write(const rados::HObject& object, uint64_t offset, BufferList data);
  // The object's bytes become `data`; attributes and object map stay.
  void WriteFull(const rados::HObject& object, BufferList data);
  void Truncate(const rados::HObject& object, uint64_t size);
  // Zeros [offset, offset + length), growing the object to hold them.
  void Zero(const rados::HObject& object, uint64_t offset, uint64_t length);
  void Remove(const rados::HObject& object);
  // `to` becomes a copy of `from`: bytes, attributes and object map. No-op if there is no `from`.
  void Clone(const rados::HObject& from, const rados::HObject& to);
  void SetAttrs(const rados::HObject& object, KeyValues attrs);
  void RemoveAttr(const rados::HObject& object, std::string name);
  void OmapSet(const rados::HObject& object, KeyValues values);
  void OmapRemove(const rados::HObject& object, std::set<std::string> keys);
  void OmapRemoveRange(const rados::HObject& object, std::string first, std::string last);
  void OmapClear(const rados::HObject& object);
  void OmapSetHeader(const rados::HObject& object, BufferList header);

  // Keeps `values` with the collection itself, by name (ObjectCollection::Notes).
  void Note(KeyValues values);

  // Adds the steps of `other` after these.
  void Append(Transaction other);

  bool empty() const { return steps_.empty(); }
  const std::vector<Step>& steps() const { return steps_; }
  void Clear() { steps_.clear(); }

 private:
  Step& Add(Kind kind, const rados::HObject& object);

  std::vector<Step> steps_;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_STORE_TRANSACTION_H_
