// MethodContext: what a method of an object class may do to the object that it is called on.
//
// Changes belong to the request's transaction: they take effect with it, or not at all. Reads see
// the object as the request found it, not what the request has changed so far.
//
// Results are 0, or a negative errno as the same operation gives a client. A method that a
// placement group runs as reading only must not change anything.
// Threads: the caller's, under the placement group's lock.
#ifndef SIPHON_SERVICES_OSD_CLASSES_METHOD_CONTEXT_H_
#define SIPHON_SERVICES_OSD_CLASSES_METHOD_CONTEXT_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"

namespace siphon::osd {

class MethodContext {
 public:
  using KeyValues = std::map<std::string, BufferList>;

  virtual ~MethodContext() = default;

  // --- Who calls, and when.
  virtual EntityName client() const = 0;
  virtual EntityAddr client_addr() const = 0;
  virtual absl::Time Now() const = 0;
  // Letters and digits that nobody can foresee.
  virtual std::string RandomToken(size_t length) = 0;
  // Differs from those of all other calls and requests on the object: "VERSION.NUMBER".
  virtual std::string NextUniqueId() = 0;

  // --- The object. ENOENT if there is none.
  virtual int32_t Stat(uint64_t* size, absl::Time* mtime) = 0;
  virtual int32_t Create(bool exclusive) = 0;
  virtual int32_t Remove() = 0;

  // --- Its bytes. A length of 0 reads to the end.
  virtual int32_t Read(uint64_t offset, uint64_t length, BufferList* out) = 0;
  virtual int32_t Write(uint64_t offset, const BufferList& data) = 0;
  virtual int32_t WriteFull(const BufferList& data) = 0;

  // --- Its attributes. ENODATA: no such attribute.
  virtual int32_t GetXattr(std::string_view name, BufferList* value) = 0;
  virtual int32_t GetXattrs(KeyValues* attrs) = 0;
  virtual int32_t SetXattr(std::string_view name, const BufferList& value) = 0;
  virtual int32_t RemoveXattr(std::string_view name) = 0;

  // --- Its object map. ENOENT: no such key.
  virtual int32_t OmapGet(const std::string& key, BufferList* value) = 0;
  // Up to `max` keys after `after` that begin with `prefix`; `more` if there are others.
  virtual int32_t OmapList(std::string_view after, std::string_view prefix, size_t max,
                           KeyValues* values, bool* more) = 0;
  virtual int32_t OmapSet(const KeyValues& values) = 0;
  // Keys from `first` to before `last`.
  virtual int32_t OmapRemoveRange(const std::string& first, const std::string& last) = 0;
  virtual int32_t OmapGetHeader(BufferList* header) = 0;
  virtual int32_t OmapSetHeader(const BufferList& header) = 0;
};

}  // namespace siphon::osd

#endif  // SIPHON_SERVICES_OSD_CLASSES_METHOD_CONTEXT_H_
