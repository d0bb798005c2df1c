#include "services/objecter/object_operation.h"

#include <fstream>
#include <iterator>
#include <string>

#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/rados/hobject.h"
#include "services/rados/messages/osd_op.h"

namespace siphon::client {
namespace {

std::string ReadVector(const std::string& name) {
  std::ifstream file("testing/vectors/messages/" + name, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// What a client of Ceph 16.2 sent.
void ReadRecorded(const std::string& name, rados::MOsdOp* message) {
  const std::string front = ReadVector(name + ".0.front.bin");
  ASSERT_FALSE(front.empty()) << name;
  message->mutable_data() = BufferList::CopyOf(ReadVector(name + ".0.data.bin"));
  Decoder d(front);
  ASSERT_TRUE(message->DecodePayload(d).ok());
}

// Each step, its input and the message's flags are what Ceph's client makes of the same.
void ExpectRecorded(const std::string& name, const ObjectOperation& operation) {
  SCOPED_TRACE(name);
  rados::MOsdOp recorded;
  ReadRecorded(name, &recorded);
  ASSERT_EQ(operation.ops().size(), recorded.ops.size());
  for (size_t i = 0; i < recorded.ops.size(); ++i) {
    const rados::OsdOp& ours = operation.ops()[i];
    EXPECT_EQ(ours.code, recorded.ops[i].code);
    EXPECT_EQ(ours.flags, recorded.ops[i].flags);
    EXPECT_EQ(ours.params, recorded.ops[i].params);
    EXPECT_EQ(ours.in, recorded.ops[i].in);
  }
}

TEST(ObjectOperationTest, StepsAreThoseOfCephsClient) {
  rados::MOsdOp recorded;
  ReadRecorded("osd_op_writefull", &recorded);
  ExpectRecorded("osd_op_writefull", ObjectOperation().WriteFull(recorded.ops[0].in));
  rados::MOsdOp append;
  ReadRecorded("osd_op_append", &append);
  ExpectRecorded("osd_op_append", ObjectOperation().Append(append.ops[0].in));
  rados::MOsdOp read;
  ReadRecorded("osd_op_read", &read);
  ExpectRecorded("osd_op_read",
                 ObjectOperation().Read(read.ops[0].extent().offset, read.ops[0].extent().length));
  rados::MOsdOp list;
  ReadRecorded("osd_op_pgnls", &list);
  ExpectRecorded("osd_op_pgnls",
                 ObjectOperation().ListPg(rados::HObject::Min(), list.ops[0].pg_list().count,
                                          list.ops[0].pg_list().start_epoch));
  ExpectRecorded("osd_op_stat", ObjectOperation().Stat());
  ExpectRecorded("osd_op_delete", ObjectOperation().Delete());
  ExpectRecorded("osd_op_getxattrs", ObjectOperation().GetXattrs());
}

TEST(ObjectOperationTest, MessageFlagsAreThoseOfCephsClient) {
  EXPECT_EQ(ObjectOperation().WriteFull(BufferList()).request_flags(), 0x400024u);
  EXPECT_EQ(ObjectOperation().Read(0, 1).request_flags(), 0x400014u);
  EXPECT_EQ(ObjectOperation().ListPg(rados::HObject::Min(), 1, 1).request_flags(), 0x420014u);
}

TEST(ObjectOperationTest, CountsWhatItSends) {
  ObjectOperation operation;
  operation.SetAllocHint(1, 1).Write(0, BufferList::CopyOf("abc"));
  operation.SetXattr("name", BufferList::CopyOf("v"));
  EXPECT_EQ(operation.input_bytes(), 8u);
  EXPECT_TRUE(operation.writes());
  EXPECT_FALSE(operation.reads());
}

}  // namespace
}  // namespace siphon::client
