// ChildProcess: a program under test, with its output and exit code.
//
// Threads: one.
#ifndef SIPHON_TESTING_PROCESS_CHILD_PROCESS_H_
#define SIPHON_TESTING_PROCESS_CHILD_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace siphon {

class ChildProcess {
 public:
  // What a program left behind. `exit_code` is 128 + the signal for one that a signal ended.
  struct Result {
    int exit_code = -1;
    std::string out;
    std::string err;
  };

  // Starts argv[0] (a path) with /dev/null as standard input. Ends the test program if it cannot.
  explicit ChildProcess(const std::vector<std::string>& argv);
  // Kills it if it still runs.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;
  // Reads its output until one of the streams has `text`; false if both ended before.
  bool AwaitOutput(const std::string& text);
  // Waits for its end. Output that its children write later is waited for too.
  Result Wait();

  // Start and Wait in one.
  static Result Run(const std::vector<std::string>& argv);

 private:
  // Reads what comes next; false at the end of both streams.
  bool ReadSome();

  pid_t pid_ = -1;
  int out_fd_ = -1;
  int err_fd_ = -1;
  bool reaped_ = false;
  Result result_;
};

// The exit code of process `pid`, a child, when it has ended.
int AwaitExit(pid_t pid);

// A new folder in /tmp with a short name (Unix sockets need short paths), removed at the end.
class ShortTempDir {
 public:
  ShortTempDir();
  ~ShortTempDir();
  ShortTempDir(const ShortTempDir&) = delete;
  ShortTempDir& operator=(const ShortTempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string Path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The text of a file; empty if it is not there.
std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& text);

}  // namespace siphon

#endif  // SIPHON_TESTING_PROCESS_CHILD_PROCESS_H_
