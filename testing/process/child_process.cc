#include "testing/process/child_process.h"

#include <fcntl.h>
#include <glog/logging.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace siphon {

ChildProcess::ChildProcess(const std::vector<std::string>& argv) {
  int out[2], err[2];
  PCHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
  std::vector<char*> args;
  for (const std::string& arg : argv) args.push_back(const_cast<char*>(arg.c_str()));
  args.push_back(nullptr);
  pid_ = fork();
  PCHECK(pid_ >= 0);
  if (pid_ == 0) {
    const int null_fd = open("/dev/null", O_RDONLY);
    dup2(null_fd, STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    execv(args[0], args.data());
    _exit(127);
  }
  close(out[1]);
  close(err[1]);
  out_fd_ = out[0];
  err_fd_ = err[0];
}

ChildProcess::~ChildProcess() {
  if (!reaped_) {
    kill(pid_, SIGKILL);
    AwaitExit(pid_);
  }
  if (out_fd_ >= 0) close(out_fd_);
  if (err_fd_ >= 0) close(err_fd_);
}

void ChildProcess::Signal(int signal) const { PCHECK(kill(pid_, signal) == 0); }

bool ChildProcess::ReadSome() {
  if (out_fd_ < 0 && err_fd_ < 0) return false;
  pollfd fds[] = {{out_fd_, POLLIN, 0}, {err_fd_, POLLIN, 0}};
  PCHECK(poll(fds, 2, -1) >= 0 || errno == EINTR);
  const auto take = [](const pollfd& ready, int* fd, std::string* text) {
    if (ready.revents == 0) return;
    char chunk[4096];
    const ssize_t n = read(*fd, chunk, sizeof(chunk));
    if (n > 0) {
      text->append(chunk, static_cast<size_t>(n));
    } else if (n == 0) {
      close(*fd);
      *fd = -1;
    }
  };
  take(fds[0], &out_fd_, &result_.out);
  take(fds[1], &err_fd_, &result_.err);
  return true;
}

bool ChildProcess::AwaitOutput(const std::string& text) {
  for (;;) {
    if (result_.out.find(text) != std::string::npos) return true;
    if (result_.err.find(text) != std::string::npos) return true;
    if (!ReadSome()) return false;
  }
}

ChildProcess::Result ChildProcess::Wait() {
  while (ReadSome()) {
  }
  if (!reaped_) result_.exit_code = AwaitExit(pid_);
  reaped_ = true;
  return result_;
}

ChildProcess::Result ChildProcess::Run(const std::vector<std::string>& argv) {
  return ChildProcess(argv).Wait();
}

int AwaitExit(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) PCHECK(errno == EINTR);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

ShortTempDir::ShortTempDir() {
  char name[] = "/tmp/siphon.XXXXXX";
  PCHECK(mkdtemp(name) != nullptr);
  path_ = name;
}

ShortTempDir::~ShortTempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  CHECK(file.good()) << path;
}

}  // namespace siphon
