#include "services/osd/pg/object_copier.h"

#include <cerrno>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/decoder.h"
#include "base/encoder.h"
#include "gtest/gtest.h"
#include "services/rados/hobject.h"
#include "services/rados/osd_op_code.h"

namespace siphon::osd {
namespace {

using rados::OsdOp;

// One object elsewhere, with many keys.
class OneObject final : public RemoteObjects {
 public:
  void Read(const std::string& oid, const rados::ObjectLocator& locator, uint64_t snap,
            std::vector<OsdOp> ops, Done done) override {
    ++reads;
    Answer answer;
    answer.user_version = version;
    if (oid != "source") answer.result = -ENOENT;
    for (OsdOp& op : ops) {
      if (answer.result == 0) answer.result = RunOne(op);
    }
    answer.ops = std::move(ops);
    version += changes_after_each_read;
    done(std::move(answer));
  }

  int reads = 0;
  uint64_t version = 9;
  int changes_after_each_read = 0;
  std::map<std::string, std::string> omap;
  bool lies = false;  // says that there is more, for ever

 private:
  int32_t RunOne(OsdOp& op) {
    Encoder e(&op.out);
    switch (op.code) {
      case rados::kOpAssertVersion:
        return op.Get<OsdOp::AssertVersion>().version == version ? 0 : -ERANGE;
      case rados::kOpRead:
        e.Raw("data");
        return 0;
      case rados::kOpGetXattrs:
        e.U32(1);
        e.String("name");
        e.String("value");
        return 0;
      case rados::kOpOmapGetHeader:
        e.Raw("header");
        return 0;
      default:
        break;
    }
    Decoder d(op.in);
    const std::string after = d.String();
    const uint64_t max = d.U64();
    std::map<std::string, std::string> page;
    auto it = omap.upper_bound(after);
    for (; it != omap.end() && page.size() < max; ++it) page.insert(*it);
    e.U32(static_cast<uint32_t>(page.size()));
    for (const auto& [key, value] : page) {
      e.String(key);
      e.String(value);
    }
    e.Bool(lies || it != omap.end());
    return 0;
  }
};

class ObjectCopierTest : public ::testing::Test {
 protected:
  void AddCopy(const std::string& source, uint8_t flags = 0) {
    OsdOp& op = request_.ops.emplace_back();
    op.code = rados::kOpCopyFrom;
    op.Set(OsdOp::CopyFrom{rados::kSnapHead, 0, flags, 0});
    Encoder e(&op.in);
    e.String(source);
    request_.locator.Encode(e);
  }
  std::vector<CopiedObject> Fetch() {
    std::vector<CopiedObject> out;
    copier_.Fetch(request_, [&out](std::vector<CopiedObject> copied) { out = std::move(copied); });
    return out;
  }

  ObjectCopierTest() {
    request_.oid = "target";
    request_.locator.pool = 1;
  }

  OneObject remote_;
  ObjectCopier copier_{&remote_};
  rados::MOsdOp request_;
};

TEST_F(ObjectCopierTest, FetchesAnObjectWhole) {
  for (int i = 0; i < 3000; ++i) remote_.omap["key" + std::to_string(i)] = "v";
  AddCopy("source");
  const auto copies = Fetch();
  ASSERT_EQ(copies.size(), 1u);
  EXPECT_EQ(copies[0].result, 0);
  EXPECT_EQ(copies[0].data, "data");
  EXPECT_EQ(copies[0].attrs.at("name"), "value");
  EXPECT_EQ(copies[0].omap_header, "header");
  EXPECT_EQ(copies[0].omap.size(), 3000u);
  EXPECT_EQ(copies[0].user_version, 9u);
  EXPECT_EQ(remote_.reads, 3);
}

TEST_F(ObjectCopierTest, FailsIfTheObjectChangesMeanwhile) {
  for (int i = 0; i < 3000; ++i) remote_.omap["key" + std::to_string(i)] = "v";
  remote_.changes_after_each_read = 1;
  AddCopy("source");
  EXPECT_EQ(Fetch().at(0).result, -ERANGE);
}

TEST_F(ObjectCopierTest, GivesEachCopyItsOwnResult) {
  AddCopy("absent");
  AddCopy("source");
  AddCopy("target");  // itself
  AddCopy("source", 0x40);
  OsdOp& bad = request_.ops.emplace_back();
  bad.code = rados::kOpCopyFrom2;
  bad.in = BufferList::CopyOf("x");
  const auto copies = Fetch();
  ASSERT_EQ(copies.size(), 5u);
  EXPECT_EQ(copies[0].result, -ENOENT);
  EXPECT_EQ(copies[1].result, 0);
  EXPECT_EQ(copies[2].result, -EINVAL);
  EXPECT_EQ(copies[3].result, -EINVAL);
  EXPECT_EQ(copies[4].result, -EINVAL);
}

TEST_F(ObjectCopierTest, APeerThatNeverEndsIsNotAskedForEver) {
  remote_.lies = true;
  AddCopy("source");
  EXPECT_EQ(Fetch().at(0).result, 0);
  EXPECT_LT(remote_.reads, 3);
}

}  // namespace
}  // namespace siphon::osd
