#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "db/url.hpp"

// A MariaDB of our own for tests: in a temporary folder, on a unix socket only, gone at the end.
namespace support {

class private_server {
public:
    struct choices {
        bool durable = false;                // true: flush at each commit, as in production
        bool tcp = false;                    // listen on a free port of 127.0.0.1 too
        std::vector<std::string> options{};  // further words for mariadbd
    };

    private_server();  // takes 2 s
    explicit private_server(choices how);
    ~private_server();  // stops what it started and removes the folder
    private_server(const private_server&) = delete;
    private_server& operator=(const private_server&) = delete;

    const std::string& socket() const { return socket_; }
    int port() const { return port_; }  // 0 without tcp
    db::url url(std::string_view name) const;
    std::string url_text(std::string_view name) const;

    // Faults. start() waits until the server answers.
    void kill();    // SIGKILL: as if the power went
    void stop();    // SIGTERM: orderly
    void freeze();  // SIGSTOP
    void thaw();    // SIGCONT
    void start();

private:
    static std::filesystem::path template_folder();
    void install();
    void install_into(const std::filesystem::path& folder);
    void spawn();
    bool await_answer();
    void end_process(int signal);
    std::filesystem::path data() const { return folder_ / "data"; }

    choices how_;
    std::filesystem::path folder_;
    std::string socket_;
    int port_ = 0;
    pid_t process_ = 0;
};

// A fresh, migrated database on the server that this whole test process shares; dropped at the end.
// The server is started on first use; CAMPUS_TEST_DATABASE_SOCKET names a running one instead.
class private_database {
public:
    private_database();  // with the schema of the product
    explicit private_database(const std::filesystem::path& schema_dir);
    struct empty {};
    explicit private_database(empty);
    // On a server of the test's own, which may then be killed.
    private_database(const private_server& server, const std::filesystem::path& schema_dir);
    ~private_database();
    private_database(const private_database&) = delete;
    private_database& operator=(const private_database&) = delete;

    const db::url& url() const { return url_; }
    const std::string& url_text() const { return url_text_; }

    // Statements separated by `;`, committed: to prepare or spoil data behind the program's back.
    void execute(std::string_view sql) const;
    // The first column of the first row as text, empty if there is none.
    std::string value(std::string_view sql) const;

private:
    struct on_socket {
        std::string path;
    };
    explicit private_database(const on_socket& where);

    db::url url_;
    std::string url_text_;
};

}  // namespace support
