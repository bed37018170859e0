#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "db/connection_control.hpp"
#include "db/url.hpp"
#include "server/base/encoding.hpp"
#include "tests/support/private_database.hpp"

namespace {

namespace fs = std::filesystem;
using control = db::connection_control;
using namespace std::chrono_literals;

// A folder with two authorities and a server certificate of the first one for 127.0.0.1.
struct certificates {
    fs::path folder = fs::temp_directory_path() / ("campus-tls-" + base::random_token());

    certificates() {
        fs::create_directory(folder);
        const auto script =
            "cd '" + folder.string() +
            "' && for ca in ours other; do openssl req -x509 -newkey rsa:2048 -nodes -days 2 "
            "-subj /CN=$ca -keyout $ca.key -out $ca.pem; done && "
            "openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout server.key -out s.csr "
            "&& for name in IP:127.0.0.1=server DNS:db.example=elsewhere; do "
            "printf \"subjectAltName=${name%=*}\" > ext && openssl x509 -req -in s.csr -CA "
            "ours.pem "
            "-CAkey ours.key -CAcreateserial -days 2 -extfile ext -out ${name#*=}.pem; done";
        REQUIRE(std::system(("(" + script + ") >/dev/null 2>&1").c_str()) == 0);
    }
    ~certificates() { fs::remove_all(folder); }
    std::string operator()(const char* name) const { return (folder / name).string(); }
};

std::string cipher(const std::string& url) {
    const db::session_settings settings{.where = db::parse_url(url), .with_database = false};
    const auto link = control::open(settings, std::chrono::steady_clock::now() + 10s);
    auto row = link->select(
        "SELECT VARIABLE_VALUE AS cipher FROM information_schema.SESSION_STATUS WHERE "
        "VARIABLE_NAME = 'Ssl_cipher'"
    );
    row.next();
    return row.text("cipher");
}

support::private_server::choices with(const certificates& files, const char* certificate) {
    return {
        .tcp = true,
        .options = {
            "--ssl-ca=" + files("ours.pem"),
            "--ssl-cert=" + files(certificate),
            "--ssl-key=" + files("server.key")}};
}

// Users "tls", who must use it, and "plain", who need not.
void add_users(const support::private_server& server) {
    const db::session_settings settings{.where = server.url("mysql")};
    const auto link = control::open(settings, std::chrono::steady_clock::now() + 10s);
    control::execute(*link, "CREATE USER tls@'127.0.0.1' IDENTIFIED BY 'x' REQUIRE SSL");
    control::execute(*link, "CREATE USER plain@'127.0.0.1' IDENTIFIED BY 'x'");
}

std::string url_of(const support::private_server& server, const char* user) {
    return "mysql://" + std::string{user} + ":x@127.0.0.1:" + std::to_string(server.port()) + "/n";
}

}  // namespace

TEST_CASE("with ssl_ca the connection is encrypted and the server must prove itself") {
    const certificates files;
    const support::private_server server{with(files, "server.pem")};
    add_users(server);
    CHECK(cipher(url_of(server, "tls") + "?ssl_ca=" + files("ours.pem")) != "");
    CHECK_THROWS_AS(cipher(url_of(server, "tls") + "?ssl_ca=" + files("other.pem")), db::failure);
    // An account that must use TLS is refused without it.
    CHECK_THROWS_AS(cipher(url_of(server, "tls")), db::failure);
    CHECK(cipher(url_of(server, "plain")) == "");
}

TEST_CASE("a certificate for another name is not enough") {
    const certificates files;
    const support::private_server server{with(files, "elsewhere.pem")};
    add_users(server);
    CHECK_THROWS_AS(cipher(url_of(server, "tls") + "?ssl_ca=" + files("ours.pem")), db::failure);
}

TEST_CASE("a server without TLS is refused when TLS was asked for") {
    const certificates files;
    const support::private_server server{{.tcp = true}};
    add_users(server);
    CHECK(cipher(url_of(server, "plain")) == "");
    CHECK_THROWS(cipher(url_of(server, "plain") + "?ssl_ca=" + files("ours.pem")));
}
