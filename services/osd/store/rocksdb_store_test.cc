#include "services/osd/store/rocksdb_store.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "gtest/gtest.h"
#include "services/osd/store/mem_store.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using rados::HObject;
using rados::PgId;

constexpr PgId kPg{1, 0};
// What a child is told: its store, and the descriptor to answer on.
constexpr char kChildFolder[] = "SIPHON_STORE_OF_CHILD";
constexpr char kChildAnswers[] = "SIPHON_ANSWERS_OF_CHILD";

StoreDatabase::Owner OwnerOf(int32_t whoami) {
  StoreDatabase::Owner owner;
  owner.whoami = whoami;
  owner.uuid.bytes.fill(static_cast<uint8_t>(whoami + 1));
  return owner;
}

absl::StatusOr<std::unique_ptr<RocksdbStore>> OpenStore(const std::string& folder,
                                                        int32_t whoami = 0) {
  return RocksdbStore::Open(folder, OwnerOf(whoami), nullptr);
}

HObject Named(const std::string& oid) {
  HObject o;
  o.oid = oid;
  o.hash = static_cast<uint32_t>(std::hash<std::string>()(oid) % 16);
  o.snap = rados::kSnapHead;
  o.pool = 1;
  return o;
}

class RocksdbStoreTest : public ::testing::Test {
 protected:
  RocksdbStoreTest() {
    std::string folder = ::testing::TempDir() + "store.XXXXXX";
    folder_ = mkdtemp(folder.data());
  }
  ~RocksdbStoreTest() override { std::filesystem::remove_all(folder_); }

  std::string folder_;
};

TEST_F(RocksdbStoreTest, AnOsdOpensItsOwnStoreOnly) {
  ASSERT_TRUE(OpenStore(folder_, 0).ok());
  EXPECT_TRUE(OpenStore(folder_, 0).ok());
  const auto other = OpenStore(folder_, 1);
  EXPECT_EQ(other.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(other.status().ToString().find("is osd.0's"), std::string::npos) << other.status();
}

TEST_F(RocksdbStoreTest, AFolderInUseOrOfAnotherKindIsRefused) {
  const auto store = OpenStore(folder_);
  ASSERT_TRUE(store.ok()) << store.status();
  const auto second = OpenStore(folder_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(second.status().ToString().find("in use"), std::string::npos) << second.status();

  const std::string ceph = folder_ + "/ceph";
  std::filesystem::create_directories(ceph);
  std::ofstream(ceph + "/type") << "bluestore\n";
  const auto wrong = OpenStore(ceph);
  EXPECT_EQ(wrong.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(wrong.status().ToString().find("bluestore"), std::string::npos) << wrong.status();
  EXPECT_EQ(OpenStore("").status().code(), absl::StatusCode::kInvalidArgument);
}

// A change of all kinds, near the borders of chunks, to one of a few objects.
void AddStep(std::mt19937& random, Transaction* t) {
  constexpr uint64_t kChunk = store_keys::kChunkSize;
  const auto pick = [&](uint64_t n) { return random() % n; };
  const auto object = [&] {
    HObject o = Named(absl::StrCat("o", pick(4)));
    if (pick(4) == 0) o.snap = 1 + pick(2);
    return o;
  };
  const auto offset = [&] {
    const uint64_t border = pick(5) * kChunk;
    return pick(3) == 0 ? border : border + pick(kChunk);
  };
  const auto bytes = [&] {
    // Large ones go to the data files.
    const uint64_t size = pick(6) == 0   ? 8 * kChunk + pick(4 * kChunk)
                          : pick(3) == 0 ? pick(3 * kChunk)
                                         : pick(2000);
    std::string text(size, static_cast<char>('a' + pick(26)));
    for (size_t at = 0; at < size; at += 1000) text[at] = static_cast<char>('A' + at / 1000 % 26);
    return BufferList::CopyOf(text);
  };
  const auto key = [&] { return absl::StrCat("k", pick(10)); };
  switch (pick(14)) {
    case 0:
      return t->Touch(object());
    case 1:
    case 2:
    case 3:
      return t->Write(object(), offset(), bytes());
    case 4:
      return t->WriteFull(object(), bytes());
    case 5:
      return t->Truncate(object(), offset());
    case 6:
      return t->Zero(object(), offset(), pick(3 * kChunk));
    case 7:
      return t->Remove(object());
    case 8:
      return t->Clone(object(), object());
    case 9:
      return t->SetAttrs(object(), {{key(), bytes()}});
    case 10:
      return t->OmapSet(object(), {{key(), bytes()}, {key(), BufferList()}});
    case 11:
      return t->OmapRemoveRange(object(), key(), key());
    case 12:
      return pick(2) == 0 ? t->OmapClear(object()) : t->OmapSetHeader(object(), bytes());
    default:
      t->OmapRemove(object(), {key()});
      return t->RemoveAttr(object(), key());
  }
}

void ExpectSame(ObjectCollection& a, ObjectCollection& b) {
  const auto in_a = a.List(HObject::Min(), 1000).value().objects;
  ASSERT_EQ(in_a, b.List(HObject::Min(), 1000).value().objects);
  for (const HObject& o : in_a) {
    ASSERT_EQ(a.Size(o).value(), b.Size(o).value()) << o.ToString();
    ASSERT_TRUE(a.Read(o, 0, 1 << 30).value() == b.Read(o, 0, 1 << 30).value()) << o.ToString();
    ASSERT_TRUE(a.Read(o, 65000, 70000).value() == b.Read(o, 65000, 70000).value());
    ASSERT_EQ(a.GetAttrs(o).value(), b.GetAttrs(o).value());
    ASSERT_EQ(a.OmapHeader(o).value(), b.OmapHeader(o).value());
    ASSERT_EQ(a.OmapList(o, "", "", 100)->values, b.OmapList(o, "", "", 100)->values);
  }
}

TEST_F(RocksdbStoreTest, AgreesWithTheStoreInMemoryOnAnyTransactions) {
  std::mt19937 random(11);
  MemStore model;
  const ObjectCollectionPtr expected = model.Open(kPg).value();
  for (int reopened = 0; reopened < 5; ++reopened) {
    auto store = OpenStore(folder_).value();
    const ObjectCollectionPtr pg = store->Open(kPg).value();
    ASSERT_NO_FATAL_FAILURE(ExpectSame(*expected, *pg));
    EXPECT_EQ(store->GetUsage().objects, model.GetUsage().objects);
    EXPECT_EQ(store->GetUsage().bytes, model.GetUsage().bytes);
    for (int i = 0; i < 30; ++i) {
      Transaction t;
      const size_t steps = 1 + random() % 6;
      for (size_t s = 0; s < steps; ++s) AddStep(random, &t);
      ASSERT_TRUE(expected->Apply(t).ok());
      ASSERT_TRUE(pg->Apply(std::move(t)).ok());
      ASSERT_NO_FATAL_FAILURE(ExpectSame(*expected, *pg)) << reopened << "/" << i;
    }
    EXPECT_EQ(store->GetUsage().bytes, model.GetUsage().bytes);
  }
}

TEST_F(RocksdbStoreTest, ManySmallWritesToOneChunkReadBack) {
  auto store = OpenStore(folder_).value();
  const ObjectCollectionPtr pg = store->Open(kPg).value();
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string token = absl::StrCat("<", i, ">");
    Transaction t;
    t.Write(Named("a"), expected.size(), BufferList::CopyOf(token));
    ASSERT_TRUE(pg->Apply(std::move(t)).ok());
    expected += token;
  }
  EXPECT_EQ(pg->Read(Named("a"), 0, 1 << 20).value(), expected);
}

TEST_F(RocksdbStoreTest, ARemovedCollectionIsGoneAfterAReopen) {
  {
    auto store = OpenStore(folder_).value();
    const ObjectCollectionPtr pg = store->Open(kPg).value();
    for (int i = 0; i < 200; ++i) {
      Transaction t;
      t.Write(Named(absl::StrCat("o", i)), 0, BufferList::CopyOf("bytes"));
      t.Note({{"log", BufferList::CopyOf("entry")}});
      ASSERT_TRUE(pg->Apply(std::move(t)).ok());
    }
    ASSERT_TRUE(store->Remove(kPg).ok());
    Transaction late;
    late.Touch(Named("late"));
    EXPECT_EQ(pg->Apply(std::move(late)).code(), absl::StatusCode::kFailedPrecondition);
  }
  auto store = OpenStore(folder_).value();
  EXPECT_TRUE(store->ListCollections().empty());
  EXPECT_EQ(store->GetUsage().objects, 0u);
  EXPECT_TRUE(store->Open(kPg).value()->Notes().value().empty());
}

// --- A process that writes until it is killed: this program again, which runs the next test only.

TEST(RocksdbStoreChild, DISABLED_WritesUntilItIsKilled) {
  const char* const folder = std::getenv(kChildFolder);
  const char* const answers = std::getenv(kChildAnswers);
  ASSERT_NE(folder, nullptr);
  ASSERT_NE(answers, nullptr);
  const int out = std::atoi(answers);
  auto store = OpenStore(folder).value();
  const ObjectCollectionPtr pg = store->Open(kPg).value();
  for (uint32_t i = 0; i < 1'000'000; ++i) {
    Transaction t;
    const std::string number = absl::StrCat(i);
    t.WriteFull(Named("a"), BufferList::CopyOf(number));
    t.Write(Named("b"), (i % 50) * 4096, BufferList::CopyOf(std::string(5000, 'b')));
    // All of one letter, in a data file.
    const char letter = static_cast<char>('a' + i % 26);
    t.WriteFull(Named("large"), BufferList::CopyOf(std::string(600'000, letter)));
    t.SetAttrs(Named("b"), {{"n", BufferList::CopyOf(number)}});
    t.OmapSet(Named("c"), {{"n", BufferList::CopyOf(number)}});
    t.Note({{"n", BufferList::CopyOf(number)}});
    ASSERT_TRUE(pg->Apply(std::move(t)).ok());
    store->WhenDurable([i, out](const absl::Status& status) {
      if (status.ok() && ::write(out, &i, sizeof(i)) != sizeof(i)) std::abort();
    });
  }
}

// Runs the child until it said so many times that something is durable; returns the last number.
uint32_t KillAfter(const std::string& folder, int answers) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  setenv(kChildFolder, folder.c_str(), 1);
  setenv(kChildAnswers, absl::StrCat(ends[1]).c_str(), 1);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    execl("/proc/self/exe", "child", "--gtest_brief=1", "--gtest_also_run_disabled_tests",
          "--gtest_filter=RocksdbStoreChild.*", nullptr);
    _exit(127);
  }
  close(ends[1]);
  uint32_t last = 0;
  uint32_t next = 0;
  for (int i = 0; i < answers && read(ends[0], &next, sizeof(next)) == sizeof(next); ++i) {
    EXPECT_EQ(next, static_cast<uint32_t>(i));
    last = next;
  }
  kill(child, SIGKILL);
  while (read(ends[0], &next, sizeof(next)) == sizeof(next)) last = next;
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  close(ends[0]);
  return last;
}

TEST_F(RocksdbStoreTest, WhatWasDurableIsThereAfterAKillAndNothingIsTorn) {
  for (const int answers : {1, 7, 100, 400}) {
    const uint32_t durable = KillAfter(folder_, answers);
    auto store = OpenStore(folder_).value();
    const ObjectCollectionPtr pg = store->Open(kPg).value();
    const std::string number = pg->Read(Named("a"), 0, 100).value().ToString();
    EXPECT_GE(std::stoul(number), durable);
    EXPECT_EQ(pg->GetAttr(Named("b"), "n").value(), number);
    EXPECT_EQ(pg->OmapGet(Named("c"), {"n"}).value().at("n"), number);
    EXPECT_EQ(pg->Notes().value().at("n"), number);
    const std::string b = pg->Read(Named("b"), 0, 1 << 20).value().ToString();
    EXPECT_EQ(b, std::string(b.size(), 'b'));
    const char letter = static_cast<char>('a' + std::stoul(number) % 26);
    EXPECT_EQ(pg->Read(Named("large"), 0, 1 << 20).value(), std::string(600'000, letter));
  }
}

}  // namespace
}  // namespace siphon::osd
