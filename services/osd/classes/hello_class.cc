#include "services/osd/classes/hello_class.h"

#include <cerrno>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace siphon::osd {
namespace {

constexpr size_t kMaxName = 100;
constexpr uint64_t kMaxGreeting = 1100;
constexpr int32_t kAnyPositive = 42;

std::string Greeting(const BufferList& name) {
  return absl::StrCat("Hello, ", name.empty() ? "world" : name.ToString(), "!");
}

// As Ceph prints an entity_inst_t.
BufferList Caller(const MethodContext& object) {
  return BufferList::CopyOf(
      absl::StrCat(object.client().ToString(), " ", object.client_addr().ToString()));
}

int32_t SayHello(MethodContext& object, const BufferList& in, BufferList* out) {
  if (in.size() > kMaxName) return -EINVAL;
  out->Append(Greeting(in));
  return 0;
}

int32_t RecordHello(MethodContext& object, const BufferList& in, BufferList* out) {
  if (in.size() > kMaxName) return -EINVAL;
  if (object.Stat(nullptr, nullptr) == 0) return -EEXIST;
  if (const int32_t r = object.WriteFull(BufferList::CopyOf(Greeting(in))); r < 0) return r;
  return object.SetXattr("said_by", Caller(object));
}

int32_t WritesDontReturnData(MethodContext& object, const BufferList& in, BufferList* out) {
  if (const int32_t r = object.SetXattr("foo", BufferList::CopyOf("bar")); r < 0) return r;
  if (!in.empty()) {
    out->Append("too much input data!");  // a failure may carry data
    return -EINVAL;
  }
  out->Append("you will never see this");
  return kAnyPositive;
}

int32_t WriteReturnData(MethodContext& object, const BufferList& in, BufferList* out) {
  if (const int32_t r = object.SetXattr("foo", BufferList::CopyOf("bar")); r < 0) return r;
  if (!in.empty()) {
    out->Append("too much input data!");
    return -EINVAL;
  }
  out->Append("you might see this");  // with the flag that asks for it
  return kAnyPositive;
}

int32_t WriteTooMuchReturnData(MethodContext& object, const BufferList& in, BufferList* out) {
  if (const int32_t r = object.SetXattr("foo", BufferList::CopyOf("bar")); r < 0) return r;
  out->Append(std::string(kMaxName, 'x'));
  return kAnyPositive;
}

int32_t Replay(MethodContext& object, const BufferList& in, BufferList* out) {
  return object.Read(0, kMaxGreeting, out);
}

int32_t TurnItTo11(MethodContext& object, const BufferList& in, BufferList* out) {
  if (!in.empty()) return -EINVAL;
  BufferList before;
  if (const int32_t r = object.Read(0, kMaxGreeting, &before); r < 0) return r;
  const std::string louder = absl::AsciiStrToUpper(before.ToString());
  if (const int32_t r = object.WriteFull(BufferList::CopyOf(louder)); r < 0) return r;
  return object.SetXattr("amplified_by", Caller(object));
}

// Registered as writing only, but reads; and the other way round: both fail.
int32_t BadReader(MethodContext& object, const BufferList& in, BufferList* out) {
  return object.Read(0, kMaxName, out);
}

int32_t BadWriter(MethodContext& object, const BufferList& in, BufferList* out) {
  return object.WriteFull(in);
}

}  // namespace

ObjectClass HelloClass() {
  constexpr uint8_t kReads = ObjectClass::kReads;
  constexpr uint8_t kWrites = ObjectClass::kWrites;
  return {"hello",
          {{"say_hello", kReads, SayHello},
           {"record_hello", kWrites, RecordHello},
           {"writes_dont_return_data", kWrites, WritesDontReturnData},
           {"write_return_data", kWrites, WriteReturnData},
           {"write_too_much_return_data", kWrites, WriteTooMuchReturnData},
           {"replay", kReads, Replay},
           {"turn_it_to_11", kReads | kWrites, TurnItTo11},
           {"bad_reader", kWrites, BadReader},
           {"bad_writer", kReads, BadWriter}}};
}

}  // namespace siphon::osd
