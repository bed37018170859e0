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
            "&& printf 'subjectAltName=IP:127.0.0.1' > ext && openssl x509 -req -in s.csr -CA "
            "ours.pem -CAkey ours.key -CAcreateserial -days 2 -extfile ext -out server.pem";
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

}  // namespace

TEST_CASE("with ssl_ca the connection is encrypted and the server must prove itself") {
    const certificates files;
    const support::private_server server{
        {.tcp = true,
         .options = {
             "--ssl-ca=" + files("ours.pem"),
             "--ssl-cert=" + files("server.pem"),
             "--ssl-key=" + files("server.key")}}};
    const support::private_database database{
        server, fs::path{CAMPUS_SCHEMA_DIR} / "../../tests/db/schema_samples/good"};
    database.execute(
        "CREATE USER tls@'127.0.0.1' IDENTIFIED BY 'x' REQUIRE SSL; "
        "CREATE USER plain@'127.0.0.1' IDENTIFIED BY 'x'"
    );
    const auto at = "@127.0.0.1:" + std::to_string(server.port()) + "/n";
    CHECK(cipher("mysql://tls:x" + at + "?ssl_ca=" + files("ours.pem")) != "");
    CHECK_THROWS_AS(cipher("mysql://tls:x" + at + "?ssl_ca=" + files("other.pem")), db::failure);
    // An account that must use TLS is refused without it.
    CHECK_THROWS_AS(cipher("mysql://tls:x" + at), db::failure);
    CHECK(cipher("mysql://plain:x" + at) == "");
}

TEST_CASE("a server without TLS is refused when TLS was asked for") {
    const certificates files;
    const support::private_server server{{.tcp = true}};
    const support::private_database database{
        server, fs::path{CAMPUS_SCHEMA_DIR} / "../../tests/db/schema_samples/good"};
    database.execute("CREATE USER plain@'127.0.0.1' IDENTIFIED BY 'x'");
    const auto at = "@127.0.0.1:" + std::to_string(server.port()) + "/n";
    CHECK(cipher("mysql://plain:x" + at) == "");
    CHECK_THROWS(cipher("mysql://plain:x" + at + "?ssl_ca=" + files("ours.pem")));
}
