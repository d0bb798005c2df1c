#include "services/osd/store/data_files.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/buffer.h"
#include "base/buffer_list.h"
#include "gtest/gtest.h"
#include "services/osd/store/store_keys.h"

namespace siphon::osd {
namespace {

using store_keys::kChunkSize;

constexpr uint32_t kSlots = 4;  // of a file

BufferList Chunks(const std::string& letters) {
  BufferList out;
  for (const char c : letters) out.Append(std::string(kChunkSize, c));
  return out;
}

class DataFilesTest : public ::testing::Test {
 protected:
  DataFilesTest() {
    std::string folder = ::testing::TempDir() + "files.XXXXXX";
    folder_ = mkdtemp(folder.data());
    Reopen();
  }
  ~DataFilesTest() override { std::filesystem::remove_all(folder_); }

  void Reopen() {
    files_.reset();
    files_ = DataFiles::Open(folder_, /*writable=*/true, kSlots).value();
  }
  std::vector<DataSlot> Append(const std::string& letters) {
    std::vector<DataSlot> slots;
    EXPECT_TRUE(files_->Append(Chunks(letters), &slots).ok());
    EXPECT_EQ(slots.size(), letters.size());
    return slots;
  }
  // The chunks' letters, if all bytes are as they were written.
  std::string Read(absl::Span<const DataSlot> slots) {
    BufferList bytes;
    const absl::Status read = files_->Read(slots, &bytes);
    if (!read.ok()) return read.ToString();
    std::string letters;
    for (size_t at = 0; at < bytes.size(); at += kChunkSize) {
      const std::string chunk = bytes.Substr(at, kChunkSize).ToString();
      letters += chunk == std::string(kChunkSize, chunk[0]) ? chunk[0] : '?';
    }
    return letters;
  }
  void Give(std::vector<DataSlot> slots) {
    files_->Drop(slots);
    ASSERT_TRUE(files_->Sync().ok());
    files_->Reclaim(files_->TakeDropped());
  }
  std::string Path(uint32_t number) { return absl::StrCat(folder_, "/data.0000000", number); }
  bool Exists(uint32_t number) { return std::filesystem::exists(Path(number)); }
  void Damage(const DataSlot& slot) {
    std::fstream file(Path(slot.file));
    ASSERT_TRUE(file.seekp(static_cast<std::streamoff>(slot.index * kChunkSize + 5)).put('!'));
  }

  std::string folder_;
  std::unique_ptr<DataFiles> files_;
};

TEST_F(DataFilesTest, ChunksReadBackOverTheBordersOfFiles) {
  std::vector<DataSlot> slots = Append("abc");
  for (const DataSlot& slot : Append("defghij")) slots.push_back(slot);
  EXPECT_EQ(slots.back().file, 3u);
  EXPECT_EQ(Read(slots), "abcdefghij");
  const std::vector<DataSlot> some = {slots[9], slots[0], slots[2], slots[3], slots[4]};
  EXPECT_EQ(Read(some), "jacde");
  ASSERT_TRUE(files_->Sync().ok());
  Reopen();
  EXPECT_EQ(Read(slots), "abcdefghij");
}

TEST_F(DataFilesTest, BytesOfManyPiecesAreWrittenInOrder) {
  BufferList data;
  for (size_t at = 0; at < kChunkSize; at += 16) data.Append(Buffer::CopyOf("0123456789abcdef"));
  std::vector<DataSlot> slots;
  ASSERT_TRUE(files_->Append(data, &slots).ok());
  BufferList back;
  ASSERT_TRUE(files_->Read(slots, &back).ok());
  EXPECT_TRUE(back == data);
}

TEST_F(DataFilesTest, AChangedByteAndAMissingFileAreDataLoss) {
  const std::vector<DataSlot> slots = Append("ab");
  ASSERT_TRUE(files_->Sync().ok());
  Damage(slots[1]);
  EXPECT_EQ(Read({&slots[0], 1}), "a");
  BufferList bytes;
  EXPECT_TRUE(absl::IsDataLoss(files_->Read(slots, &bytes)));
  const DataSlot beyond{1, 3, 0};
  EXPECT_TRUE(absl::IsDataLoss(files_->Read({&beyond, 1}, &bytes)));
  const DataSlot nowhere{7, 0, 0};
  EXPECT_TRUE(absl::IsDataLoss(files_->Read({&nowhere, 1}, &bytes)));
}

TEST_F(DataFilesTest, OnlyASlotOfTheNewestTwoFilesCanBeOneThatNeverReachedTheDisk) {
  const std::vector<DataSlot> slots = Append("abcdefghij");
  ASSERT_TRUE(files_->Sync().ok());
  for (const size_t i : {0, 4, 8}) Damage(slots[i]);
  Reopen();
  EXPECT_TRUE(files_->IsReplayable(slots[0]));  // of file 1: other damage, which reads will tell
  EXPECT_FALSE(files_->IsReplayable(slots[4]));
  EXPECT_FALSE(files_->IsReplayable(slots[8]));
  EXPECT_TRUE(files_->IsReplayable(slots[5]));
  EXPECT_FALSE(files_->IsReplayable({3, 3, 0}));  // behind the end
  EXPECT_TRUE(files_->IsReplayable({9, 0, 0}));   // given back
}

TEST_F(DataFilesTest, WhatNobodyHasIsGivenBackButForTheNewestTwoFiles) {
  const std::vector<DataSlot> slots = Append("abcdefghijkl");
  Give(slots);
  EXPECT_FALSE(Exists(1));
  EXPECT_TRUE(Exists(2) && Exists(3));
  Append("m");
  Give({});
  EXPECT_FALSE(Exists(2));
  EXPECT_TRUE(Exists(3) && Exists(4));
}

TEST_F(DataFilesTest, DeadSlotsBecomeHolesAndTheirNeighboursStay) {
  const std::vector<DataSlot> slots = Append("abcdefghijkl");
  ASSERT_TRUE(files_->Sync().ok());
  struct stat before = {};
  ASSERT_EQ(stat(Path(1).c_str(), &before), 0);
  Give({slots[1], slots[2]});
  struct stat after = {};
  ASSERT_EQ(stat(Path(1).c_str(), &after), 0);
  EXPECT_EQ(after.st_size, before.st_size);
  EXPECT_LT(after.st_blocks, before.st_blocks);
  EXPECT_EQ(Read({&slots[0], 1}), "a");
  EXPECT_EQ(Read({&slots[3], 1}), "d");
  Give({slots[0], slots[3]});
  EXPECT_FALSE(Exists(1));
}

TEST_F(DataFilesTest, AtTheStartWhatNoObjectHasIsGivenBack) {
  const std::vector<DataSlot> slots = Append("abcdefghijklmnop");
  Reopen();
  ASSERT_TRUE(files_->Keep(slots[5]).ok());
  EXPECT_TRUE(absl::IsDataLoss(files_->Keep(slots[5])));
  files_->Reclaim({});
  EXPECT_FALSE(Exists(1));
  EXPECT_TRUE(Exists(2) && Exists(3) && Exists(4));
  EXPECT_EQ(Read({&slots[5], 1}), "f");
  EXPECT_EQ(Append("q")[0].file, 5u);
}

TEST_F(DataFilesTest, ManyThreadsWriteWhileOthersAreSynchronised) {
  constexpr int kThreads = 4;
  std::vector<std::vector<DataSlot>> slots(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) {
        EXPECT_TRUE(
            files_->Append(Chunks(std::string(3, static_cast<char>('a' + i))), &slots[i]).ok());
        if (i == 0) EXPECT_TRUE(files_->Sync().ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kThreads; ++i) {
    EXPECT_EQ(Read(slots[i]), std::string(60, static_cast<char>('a' + i)));
    for (const DataSlot& slot : slots[i]) EXPECT_TRUE(files_->IsReplayable(slot));
  }
}

}  // namespace
}  // namespace siphon::osd
