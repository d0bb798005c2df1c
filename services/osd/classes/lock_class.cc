#include "services/osd/classes/lock_class.h"

#include <cerrno>
#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/absl_view.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/entity_name.h"
#include "msg/features.h"

namespace siphon::osd {
namespace {

constexpr std::string_view kPrefix = "lock.";

enum LockType : uint8_t { kUnlocked = 0, kExclusive = 1, kShared = 2, kExclusiveEphemeral = 3 };
constexpr uint8_t kMayRenew = 1;
constexpr uint8_t kMustRenew = 2;

bool IsLockType(uint8_t type) { return type >= kExclusive && type <= kExclusiveEphemeral; }

struct HolderId {
  EntityName client;
  std::string cookie;

  friend auto operator<=>(const HolderId&, const HolderId&) = default;
};

struct Holder {
  absl::Time expires = absl::InfinitePast();  // never, if so
  EntityAddr addr;
  std::string description;
};

struct Lock {
  std::map<HolderId, Holder> holders;
  uint8_t type = kUnlocked;
  std::string tag;

  // Also the output of get_info.
  BufferList Encode() const {
    BufferList bytes;
    Encoder e(&bytes);
    Encode(e);
    return bytes;
  }
  void Encode(Encoder& e) const {
    Encoder::Versioned v(e, 1, 1);
    e.U32(static_cast<uint32_t>(holders.size()));
    for (const auto& [id, holder] : holders) {
      {
        Encoder::Versioned each(e, 1, 1);
        id.client.Encode(e);
        e.String(id.cookie);
      }
      Encoder::Versioned each(e, 1, 1);
      e.Time(holder.expires);
      holder.addr.Encode(e, kFeaturesPacific);
      e.String(holder.description);
    }
    e.U8(type);
    e.String(tag);
  }
};

bool Decode(const BufferList& bytes, Lock* lock) {
  Decoder d(bytes);
  Decoder::Versioned v(d, 1, "lock_info_t");
  for (uint32_t n = d.Count(12); n > 0 && d.ok(); --n) {
    HolderId id;
    {
      Decoder::Versioned each(d, 1, "locker_id_t");
      id.client = EntityName::Decode(d);
      id.cookie = d.String();
    }
    Holder& holder = lock->holders[id];
    Decoder::Versioned each(d, 1, "locker_info_t");
    holder.expires = d.Time();
    holder.addr = EntityAddr::Decode(d);
    holder.description = d.String();
  }
  lock->type = d.U8();
  lock->tag = d.String();
  return d.ok();
}

std::string AttrOf(const std::string& name) { return absl::StrCat(AbslView(kPrefix), name); }

// An unlocked one if there is none of that name. ENOENT: no object.
int32_t Load(MethodContext& object, const std::string& name, Lock* lock) {
  BufferList bytes;
  const int32_t r = object.GetXattr(AttrOf(name), &bytes);
  if (r == -ENODATA) return 0;
  if (r < 0) return r;
  if (!Decode(bytes, lock)) return -EIO;
  const absl::Time now = object.Now();
  std::erase_if(lock->holders, [now](const auto& entry) {
    return entry.second.expires > absl::UnixEpoch() && entry.second.expires < now;
  });
  return 0;
}

int32_t Store(MethodContext& object, const std::string& name, const Lock& lock) {
  return object.SetXattr(AttrOf(name), lock.Encode());
}

// The fields of all inputs, in their order; each method has some of them.
struct Input {
  std::string name;
  uint8_t type = kUnlocked;
  std::string cookie;
  std::string tag;
};

Input DecodeInput(Decoder& d) {
  Input in;
  in.name = d.String();
  in.type = d.U8();
  in.cookie = d.String();
  in.tag = d.String();
  return in;
}

int32_t TakeLock(MethodContext& object, const BufferList& in, BufferList* out) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_lock_lock_op");
  const Input op = DecodeInput(d);
  const std::string description = d.String();
  const uint32_t seconds = d.U32();
  const uint32_t nanos = d.U32();
  const uint8_t flags = d.U8();
  if (!d.ok() || !IsLockType(op.type) || op.name.empty()) return -EINVAL;
  const bool may_renew = (flags & kMayRenew) != 0;
  const bool must_renew = (flags & kMustRenew) != 0;
  if (may_renew && must_renew) return -EINVAL;

  Lock lock;
  if (const int32_t r = Load(object, op.name, &lock); r < 0 && r != -ENOENT) return r;
  if (!lock.holders.empty() && lock.tag != op.tag) return -EBUSY;
  const HolderId id{object.client(), op.cookie};
  if (lock.holders.contains(id)) {
    if (!may_renew && !must_renew) return -EEXIST;
    lock.holders.erase(id);
  } else if (must_renew) {
    return -ENOENT;
  }
  if (!lock.holders.empty() && (op.type != kShared || lock.type != op.type)) return -EBUSY;

  lock.type = op.type;
  lock.tag = op.tag;
  Holder& holder = lock.holders[id];
  if (seconds != 0 || nanos != 0) {
    holder.expires = object.Now() + absl::Seconds(seconds) + absl::Nanoseconds(nanos);
  }
  // One type for clients of both protocol versions.
  holder.addr = object.client_addr();
  holder.addr.set_type(EntityAddr::kLegacy);
  holder.description = description;
  return Store(object, op.name, lock);
}

int32_t Drop(MethodContext& object, const std::string& name, const HolderId& id) {
  Lock lock;
  if (const int32_t r = Load(object, name, &lock); r < 0) return r;
  if (lock.holders.erase(id) == 0) return -ENOENT;
  return lock.type == kExclusiveEphemeral ? object.Remove() : Store(object, name, lock);
}

int32_t Unlock(MethodContext& object, const BufferList& in, BufferList* out) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_lock_unlock_op");
  const std::string name = d.String();
  const std::string cookie = d.String();
  return d.ok() ? Drop(object, name, {object.client(), cookie}) : -EINVAL;
}

int32_t BreakLock(MethodContext& object, const BufferList& in, BufferList* out) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_lock_break_op");
  const std::string name = d.String();
  const EntityName client = EntityName::Decode(d);
  const std::string cookie = d.String();
  return d.ok() ? Drop(object, name, {client, cookie}) : -EINVAL;
}

int32_t GetInfo(MethodContext& object, const BufferList& in, BufferList* out) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_lock_get_info_op");
  const std::string name = d.String();
  if (!d.ok()) return -EINVAL;
  Lock lock;
  if (const int32_t r = Load(object, name, &lock); r < 0) return r;
  out->Append(lock.Encode());
  return 0;
}

int32_t ListLocks(MethodContext& object, const BufferList& in, BufferList* out) {
  MethodContext::KeyValues attrs;
  if (const int32_t r = object.GetXattrs(&attrs); r < 0) return r;
  std::vector<std::string> names;
  for (const auto& [attr, value] : attrs) {
    if (attr.starts_with(kPrefix)) names.push_back(attr.substr(kPrefix.size()));
  }
  Encoder e(out);
  Encoder::Versioned v(e, 1, 1);
  e.U32(static_cast<uint32_t>(names.size()));
  for (const std::string& name : names) e.String(name);
  return 0;
}

// Loads the lock; EBUSY unless the caller holds it as `op` says.
int32_t CheckHeld(MethodContext& object, const Input& op, Lock* lock) {
  if (!IsLockType(op.type) || op.name.empty()) return -EINVAL;
  if (const int32_t r = Load(object, op.name, lock); r < 0) return r;
  const bool held = !lock->holders.empty() && lock->type == op.type && lock->tag == op.tag &&
                    lock->holders.contains({object.client(), op.cookie});
  return held ? 0 : -EBUSY;
}

int32_t AssertLocked(MethodContext& object, const BufferList& in, BufferList* out) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_lock_assert_op");
  const Input op = DecodeInput(d);
  if (!d.ok()) return -EINVAL;
  Lock lock;
  return CheckHeld(object, op, &lock);
}

int32_t SetCookie(MethodContext& object, const BufferList& in, BufferList* out) {
  Decoder d(in);
  Decoder::Versioned v(d, 1, "cls_lock_set_cookie_op");
  const Input op = DecodeInput(d);
  const std::string new_cookie = d.String();
  if (!d.ok()) return -EINVAL;
  Lock lock;
  if (const int32_t r = CheckHeld(object, op, &lock); r < 0) return r;
  const HolderId id{object.client(), new_cookie};
  if (lock.holders.contains(id)) return -EBUSY;
  auto holder = lock.holders.extract({object.client(), op.cookie});
  holder.key() = id;
  lock.holders.insert(std::move(holder));
  return Store(object, op.name, lock);
}

}  // namespace

ObjectClass LockClass() {
  constexpr uint8_t kReads = ObjectClass::kReads;
  constexpr uint8_t kBoth = ObjectClass::kReads | ObjectClass::kWrites;
  return {"lock",
          {{"lock", kBoth, TakeLock},
           {"unlock", kBoth, Unlock},
           {"break_lock", kBoth, BreakLock},
           {"get_info", kReads, GetInfo},
           {"list_locks", kReads, ListLocks},
           {"assert_locked", kReads, AssertLocked},
           {"set_cookie", kBoth, SetCookie}}};
}

}  // namespace siphon::osd
