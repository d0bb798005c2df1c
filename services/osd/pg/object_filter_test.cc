#include "services/osd/pg/object_filter.h"

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "base/buffer_list.h"
#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/osd/store/mem_store.h"
#include "services/osd/store/transaction.h"

namespace siphon::osd {
namespace {

using rados::HObject;

HObject Named(const std::string& oid) {
  HObject object;
  object.oid = oid;
  object.snap = rados::kSnapHead;
  return object;
}

BufferList Written(const std::vector<std::string>& strings) {
  BufferList out;
  Encoder e(&out);
  for (const std::string& s : strings) e.String(s);
  return out;
}

int32_t Read(const std::vector<std::string>& strings, ObjectFilter* filter) {
  const BufferList in = Written(strings);
  Decoder d(in);
  return filter->Read(d);
}

TEST(ObjectFilterTest, ShowsObjectsWhoseAttributeHasTheValue) {
  MemStore store;
  const ObjectCollectionPtr objects = store.Open({1, 0}).value();
  Transaction t;
  for (const char* oid : {"bare", "equal", "longer", "other"}) t.Touch(Named(oid));
  t.SetAttrs(Named("equal"), {{"_a", BufferList::CopyOf("x")}});
  t.SetAttrs(Named("longer"), {{"_a", BufferList::CopyOf("xy")}});
  t.SetAttrs(Named("other"), {{"_b", BufferList::CopyOf("x")}, {"_a", BufferList()}});
  ASSERT_TRUE(objects->Apply(std::move(t)).ok());
  const auto shown = [&](const std::string& attribute, const std::string& value) {
    ObjectFilter filter;
    EXPECT_EQ(Read({"pg", "filter", "plain", attribute, value}, &filter), 0);
    std::string names;
    for (const char* oid : {"bare", "equal", "longer", "other"}) {
      if (filter.Shows(*objects, Named(oid))) names += std::string(oid) + ".";
    }
    return names;
  };
  EXPECT_EQ(shown("_a", "x"), "equal.");
  EXPECT_EQ(shown("_a", "xy"), "longer.");
  EXPECT_EQ(shown("_a", ""), "other.") << "an absent attribute is not an empty one";
  EXPECT_EQ(shown("_b", "x"), "other.");
  EXPECT_EQ(shown("a", "x"), "");
  EXPECT_EQ(shown("", ""), "bare.equal.longer.other.");
  EXPECT_EQ(shown("", "x"), "");
}

TEST(ObjectFilterTest, KnowsTwoKinds) {
  ObjectFilter filter;
  EXPECT_EQ(Read({"pg", "filter", "hello.hello", "_a", "x"}, &filter), 0);
  for (const char* kind : {"", "parent", "plain.", ".plain", "hello.none", "rbd.none"}) {
    EXPECT_EQ(Read({"pg", "filter", kind, "_a", "x"}, &filter), -EINVAL) << kind;
  }
  EXPECT_EQ(Read({"pg", "filter", "none.hello", "_a", "x"}, &filter), -EPERM);
}

TEST(ObjectFilterTest, RefusesHalfAFilter) {
  ObjectFilter filter;
  EXPECT_EQ(Read({"pg", "filter", "plain", "_a"}, &filter), -EINVAL);
  EXPECT_EQ(Read({"pg", "filter"}, &filter), -EINVAL);
  EXPECT_EQ(Read({}, &filter), -EINVAL);
}

TEST(ObjectFilterTest, LeavesTheCursorBehindItUnread) {
  const BufferList in = Written({"pg", "filter", "plain", "_a", "x", "the cursor"});
  Decoder d(in);
  ObjectFilter filter;
  EXPECT_EQ(filter.Read(d), 0);
  EXPECT_EQ(d.String(), "the cursor");
}

}  // namespace
}  // namespace siphon::osd
