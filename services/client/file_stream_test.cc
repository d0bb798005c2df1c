#include "services/client/file_stream.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "base/buffer.h"
#include "base/buffer_list.h"
#include "gtest/gtest.h"

namespace siphon::client {
namespace {

class FileStreamTest : public ::testing::Test {
 protected:
  FileStreamTest() {
    const char* tmp = std::getenv("TEST_TMPDIR");
    path_ = std::string(tmp == nullptr ? "/tmp" : tmp) + "/file_stream_test." +
            std::to_string(getpid());
  }
  ~FileStreamTest() override { unlink(path_.c_str()); }
  void Fill(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
  std::string Content() {
    std::ifstream file(path_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  std::string path_;
};

TEST_F(FileStreamTest, GivesFullChunksUntilTheEnd) {
  Fill("0123456789");
  absl::StatusOr<FileSource> source = FileSource::Open(path_);
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(source->size(), 10u);
  EXPECT_EQ(source->Read(4)->ToString(), "0123");
  EXPECT_EQ(source->Read(4)->ToString(), "4567");
  EXPECT_EQ(source->Read(4)->ToString(), "89");
  EXPECT_TRUE(source->Read(4)->empty());
}

TEST_F(FileStreamTest, RefusesWhatIsNoFile) {
  EXPECT_TRUE(absl::IsNotFound(FileSource::Open(path_ + ".none").status()));
  EXPECT_FALSE(FileSource::Open("/tmp").ok());
}

TEST_F(FileStreamTest, LeavesAFileAloneThatNothingWasWrittenTo) {
  Fill("precious");
  {
    FileSink sink(path_);
  }
  EXPECT_EQ(Content(), "precious");
}

TEST_F(FileStreamTest, ReplacesAFileByWhatIsWritten) {
  Fill("something longer than that");
  FileSink sink(path_);
  BufferList bytes = BufferList::CopyOf("new ");
  bytes.Append(Buffer::CopyOf("contents"));
  ASSERT_TRUE(sink.Write(bytes).ok());
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_EQ(Content(), "new contents");
}

TEST_F(FileStreamTest, AnEmptyWriteMakesAnEmptyFile) {
  FileSink sink(path_);
  ASSERT_TRUE(sink.Write(BufferList()).ok());
  ASSERT_TRUE(sink.Close().ok());
  EXPECT_EQ(access(path_.c_str(), F_OK), 0);
  EXPECT_EQ(Content(), "");
}

TEST_F(FileStreamTest, NamesTheFileThatCannotBeWritten) {
  FileSink sink("/nonexistent/folder/file");
  const absl::Status status = sink.Write(BufferList::CopyOf("x"));
  EXPECT_NE(std::string(status.message()).find("/nonexistent/folder/file"), std::string::npos);
}

}  // namespace
}  // namespace siphon::client
