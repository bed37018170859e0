#include "tests/support/private_database.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "db/connection_control.hpp"
#include "db/migrate.hpp"
#include "server/base/encoding.hpp"

#ifndef CAMPUS_SCHEMA_DIR
#error "tests/CMakeLists.txt defines CAMPUS_SCHEMA_DIR"
#endif

namespace support {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string user_name() {
    const char* given = std::getenv("USER");
    if (::geteuid() == 0) return "root";
    if (given != nullptr) return given;
    throw std::runtime_error{"USER is not set"};
}

// /usr/sbin is not on the PATH of ordinary users.
std::string program(const std::string& name) {
    for (const auto* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/bin/"}) {
        if (fs::exists(folder + name)) return folder + name;
    }
    throw std::runtime_error{name + " is not installed"};
}

// The child dies with this process, so that a crashed test leaves no server behind.
pid_t launch(const std::vector<std::string>& words, const fs::path& output) {
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const auto file = output.string();
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error{"fork failed"};
    if (child > 0) return child;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    const int to = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(to, STDOUT_FILENO);
    ::dup2(to, STDERR_FILENO);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
}

int free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = ::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(probe);
    if (!bound) throw std::runtime_error{"no free port"};
    return ntohs(address.sin_port);
}

std::string content_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream{path}.rdbuf();
    return text.str();
}

fs::path fresh_folder() {
    // Short: a socket path has 107 characters at most.
    std::string pattern = (fs::temp_directory_path() / "campus-db-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp failed"};
    return pattern;
}

// One for the process. Test programs end by returning from main, so its destructor runs.
const std::string& shared_socket() {
    static const char* given = std::getenv("CAMPUS_TEST_DATABASE_SOCKET");
    static const std::string named{given != nullptr ? given : ""};
    if (!named.empty()) return named;
    static const private_server own;
    return own.socket();
}

std::string url_on(const std::string& socket, std::string_view name) {
    return "mysql://" + user_name() + "@/" + std::string{name} +
           "?socket=" + base::percent_encode(socket);
}

std::unique_ptr<db::connection> open(const db::url& where, bool with_database) {
    db::session_settings settings;
    settings.where = where;
    settings.with_database = with_database;
    settings.statement_limit_s = 0;
    return db::connection_control::open(settings, std::chrono::steady_clock::now() + 30s);
}

}  // namespace

private_server::private_server() : private_server{choices{}} {}

private_server::private_server(choices how)
    : how_{how}, folder_{fresh_folder()}, socket_{(folder_ / "s.sock").string()} {
    try {
        if (how_.tcp) port_ = free_port();
        install();
        start();
    } catch (...) {
        // The destructor of a half-made object does not run.
        if (process_ != 0) end_process(SIGKILL);
        fs::remove_all(folder_);
        throw;
    }
}

private_server::~private_server() {
    if (process_ != 0) end_process(SIGKILL);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

// Installing takes seconds and always gives the same files, so they are kept beside for the next
// test process; a changed server makes a new set.
fs::path private_server::template_folder() {
    const fs::path server = program("mariadbd");
    const auto print = server.string() + std::to_string(fs::file_size(server)) +
                       std::to_string(fs::last_write_time(server).time_since_epoch().count());
    const auto name = "campus-db-template-" + std::to_string(::geteuid()) + "-" +
                      base::to_hex(base::sha256(print)).substr(0, 12);
    return fs::temp_directory_path() / name;
}

void private_server::install() {
    const auto kept = template_folder();
    struct stat found {};
    const bool usable =
        ::lstat(kept.c_str(), &found) == 0 && S_ISDIR(found.st_mode) && found.st_uid == ::geteuid();
    if (!usable) {
        install_into(data());
        const auto copy = folder_ / "template";
        fs::copy(data(), copy, fs::copy_options::recursive);
        std::error_code another_was_faster;
        fs::rename(copy, kept, another_was_faster);
    } else {
        fs::copy(kept, data(), fs::copy_options::recursive);
    }
}

void private_server::install_into(const fs::path& folder) {
    std::vector<std::string> words{
        program("mariadb-install-db"),
        "--no-defaults",
        "--datadir=" + folder.string(),
        "--auth-root-authentication-method=socket",
        "--auth-root-socket-user=" + user_name(),
        "--skip-test-db",
        "--innodb-log-file-size=8M"};
    if (::geteuid() == 0) words.emplace_back("--user=root");
    const auto child = launch(words, folder_ / "install.log");
    int status = 0;
    if (::waitpid(child, &status, 0) != child || status != 0) {
        throw std::runtime_error{"mariadb-install-db: " + content_of(folder_ / "install.log")};
    }
}

void private_server::spawn() {
    std::vector<std::string> words{
        program("mariadbd"),
        "--no-defaults",
        "--datadir=" + data().string(),
        "--socket=" + socket_,
        "--pid-file=" + (folder_ / "pid").string(),
        // A server that starts empties its folder of what others hold there.
        "--tmpdir=" + folder_.string(),
        "--innodb-log-file-size=8M",
        "--innodb-buffer-pool-size=64M",
        "--character-set-server=utf8mb4",
        "--max-connections=60",
        "--log-error=" + (folder_ / "err.log").string(),
        std::string{"--innodb-flush-log-at-trx-commit="} + (how_.durable ? "1" : "2")};
    // Nothing here outlives a power cut, so nothing waits for the disk.
    if (!how_.durable) words.emplace_back("--innodb-flush-method=nosync");
    if (how_.tcp) {
        words.push_back("--port=" + std::to_string(port_));
        words.emplace_back("--bind-address=127.0.0.1");
    } else {
        words.emplace_back("--skip-networking");
    }
    words.insert(words.end(), how_.options.begin(), how_.options.end());
    if (::geteuid() == 0) words.emplace_back("--user=root");
    process_ = launch(words, folder_ / "out.log");
}

bool private_server::await_answer() {
    const auto until = std::chrono::steady_clock::now() + 60s;
    while (std::chrono::steady_clock::now() < until) {
        int status = 0;
        if (::waitpid(process_, &status, WNOHANG) == process_) {
            process_ = 0;
            return false;
        }
        try {
            open(url("mysql"), false);
            return true;
        } catch (const db::failure&) {
            std::this_thread::sleep_for(20ms);
        }
    }
    return false;
}

void private_server::start() {
    if (process_ != 0) return;
    spawn();
    if (!await_answer()) {
        throw std::runtime_error{"mariadbd: " + content_of(folder_ / "err.log")};
    }
}

void private_server::end_process(int signal) {
    if (process_ == 0) return;
    ::kill(process_, signal);
    ::kill(process_, SIGCONT);
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = 0;
}

void private_server::kill() {
    end_process(SIGKILL);
}
void private_server::stop() {
    end_process(SIGTERM);
}
void private_server::freeze() {
    ::kill(process_, SIGSTOP);
}
void private_server::thaw() {
    ::kill(process_, SIGCONT);
}

std::string private_server::url_text(std::string_view name) const {
    return url_on(socket_, name);
}

db::url private_server::url(std::string_view name) const {
    return db::parse_url(url_text(name));
}

private_database::private_database(const on_socket& where)
    : url_text_{url_on(where.path, "test_" + base::random_token().substr(0, 16))} {
    url_ = db::parse_url(url_text_);
    db::connection_control::execute(
        *open(url_, false),
        "CREATE DATABASE `" + url_.name + "` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    );
}

private_database::private_database(empty) : private_database{on_socket{shared_socket()}} {}

private_database::private_database() : private_database{fs::path{CAMPUS_SCHEMA_DIR}} {}

private_database::private_database(const fs::path& schema_dir) : private_database{empty{}} {
    db::migrate(url_, schema_dir);
}

private_database::private_database(const private_server& server, const fs::path& schema_dir)
    : private_database{on_socket{server.socket()}} {
    db::migrate(url_, schema_dir);
}

private_database::~private_database() {
    try {
        db::connection_control::execute(*open(url_, false), "DROP DATABASE `" + url_.name + "`");
    } catch (const std::exception& error) {
        std::cerr << "a test database stays behind: " << error.what() << '\n';
    }
}

void private_database::execute(std::string_view sql) const {
    const auto link = open(url_, true);
    for (const auto& statement : db::split_statements(sql)) {
        db::connection_control::execute(*link, statement);
    }
    db::connection_control::commit(*link);
}

std::string private_database::value(std::string_view sql) const {
    const auto link = open(url_, true);
    return db::connection_control::first_value(*link, sql);
}

}  // namespace support
