#include "server/http/static_files.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <unistd.h>

#include "test_site.hpp"
#include "wire_client.hpp"

namespace {

namespace fs = std::filesystem;
using tests::body_of;
using tests::header_of;
using tests::status_of;
using tests::wire_client;

// A built front end in a folder of its own, gone with the object.
class built_pages {
public:
    built_pages()
        : folder_{fs::temp_directory_path() / ("campus-static-" + std::to_string(::getpid()))} {
        write("h5/index.html", "<!doctype html><title>h5</title>");
        write("h5/index.html.br", "brotli of index");
        write("h5/index.html.gz", "gzip of index");
        write("h5/assets/app-B3x_9dQa.js", "let a = 1;");
        write("h5/assets/app-B3x_9dQa.js.br", "brotli of app");
        write("h5/assets/logo-transparent.png", "png");
        write("h5/favicon.svg", "<svg/>");
        write("h5/.secret", "hidden");
        write("portal/index.html", "<!doctype html><title>portal</title>");
        write("plain.txt", "text");
        std::error_code ignored;
        fs::create_symlink("/etc/hostname", folder_ / "h5/link.txt", ignored);
    }
    ~built_pages() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    const fs::path& folder() const { return folder_; }

private:
    void write(const std::string& name, const std::string& text) {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream{folder_ / name, std::ios::binary} << text;
    }
    fs::path folder_;
};

http::server_options options_with(const http::static_files& files) {
    http::router table;
    table.add({http::verb::get, "/*", {}, 1024, files.as_handler()});
    return tests::test_options(std::move(table));
}

std::string ask(
    tests::test_server& site,
    const std::string& path,
    const std::string& headers = "",
    const std::string& method = "GET"
) {
    wire_client client{site.port()};
    client.send(method + " " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
    return client.read_answer(method != "HEAD");
}

}  // namespace

TEST_CASE("static files") {
    const built_pages pages;
    const http::static_files files{{pages.folder(), "", true}};
    CHECK(files.file_count() == 6);
    tests::test_server site{options_with(files)};

    SUBCASE("the right form for each Accept-Encoding") {
        struct row {
            const char* accept;
            const char* encoding;
            const char* body;
        };
        const char* plain = "<!doctype html><title>h5</title>";
        for (const auto& [accept, encoding, body] : {
                 row{"", "", plain},
                 row{"gzip, deflate, br", "br", "brotli of index"},
                 row{"gzip, deflate", "gzip", "gzip of index"},
                 row{"br;q=0.1, gzip;q=0.9", "gzip", "gzip of index"},
                 row{"br;q=0, gzip;q=0", "", plain},
                 row{"*", "br", "brotli of index"},
                 row{"*;q=0.5, br;q=0", "gzip", "gzip of index"},
                 row{"identity", "", plain},
                 row{"identity;q=0.5, gzip;q=0.4", "", plain},
                 row{"GZIP ; Q=0.8", "gzip", "gzip of index"},
                 row{"gzip;q=nonsense", "", plain},
                 row{"identity;q=0, deflate", "", plain},
             }) {
            CAPTURE(accept);
            const std::string header =
                *accept == 0 ? "" : "Accept-Encoding: " + std::string{accept} + "\r\n";
            const auto answer = ask(site, "/h5/", header);
            CHECK(status_of(answer) == 200);
            CHECK(header_of(answer, "Content-Encoding") == encoding);
            CHECK(body_of(answer) == body);
            CHECK(header_of(answer, "Vary") == "Accept-Encoding");
            CHECK(header_of(answer, "Content-Type") == "text/html; charset=utf-8");
        }
        CHECK(header_of(
                  ask(site, "/h5/assets/app-B3x_9dQa.js", "Accept-Encoding: gzip\r\n"),
                  "Content-Encoding"
        )
                  .empty());
    }
    SUBCASE("hashed names are kept for a year, all else is revalidated") {
        CHECK(
            header_of(ask(site, "/h5/assets/app-B3x_9dQa.js"), "Cache-Control") ==
            "public, max-age=31536000, immutable"
        );
        for (const auto* path : {"/h5/", "/h5/favicon.svg", "/h5/assets/logo-transparent.png"}) {
            CHECK(header_of(ask(site, path), "Cache-Control") == "no-cache");
        }
    }
    SUBCASE("an unchanged file is answered 304, per form") {
        const auto first = ask(site, "/h5/", "Accept-Encoding: br\r\n");
        const auto etag = header_of(first, "ETag");
        CHECK(etag.starts_with("\""));
        CHECK(etag != header_of(ask(site, "/h5/"), "ETag"));
        for (const auto& header : {etag, "W/" + etag, "\"x\", " + etag, std::string{"*"}}) {
            const auto again =
                ask(site, "/h5/", "Accept-Encoding: br\r\nIf-None-Match: " + header + "\r\n");
            CHECK(status_of(again) == 304);
            CHECK(body_of(again).empty());
            CHECK(header_of(again, "ETag") == etag);
            CHECK(header_of(again, "Vary") == "Accept-Encoding");
            CHECK(header_of(again, "Cache-Control") == "no-cache");
            CHECK(header_of(again, "Content-Length").empty());
            CHECK_FALSE(header_of(again, "X-Content-Type-Options").empty());
        }
        CHECK(status_of(ask(site, "/h5/", "If-None-Match: " + etag + "\r\n")) == 200);
    }
    SUBCASE("pages fall back to their front end, files do not") {
        struct row {
            const char* path;
            int status;
            const char* part;
        };
        for (const auto& [path, status, part] : {
                 row{"/h5/", 200, "<title>h5"},
                 row{"/h5/pay?ids=1", 200, "<title>h5"},
                 row{"/h5/orders/12", 200, "<title>h5"},
                 row{"/portal/fees", 200, "<title>portal"},
                 row{"/h5/index.html", 200, "<title>h5"},
                 row{"/h5/nothing.js", 404, "not_found"},
                 row{"/h5/assets/gone-12345678.js", 404, "not_found"},
                 row{"/h5/assets/gone", 404, "not_found"},
                 row{"/nowhere", 404, "not_found"},
                 row{"/", 404, "not_found"},
                 row{"/h5/.secret", 404, "not_found"},
                 row{"/h5/link.txt", 404, "not_found"},
                 row{"/h5/index.html.br", 404, "not_found"},
                 row{"/plain.txt", 200, "text"},
             }) {
            CAPTURE(path);
            const auto answer = ask(site, path);
            CHECK(status_of(answer) == status);
            CHECK(body_of(answer).find(part) != std::string::npos);
        }
        const auto moved = ask(site, "/h5?code=1&state=2");
        CHECK(status_of(moved) == 308);
        CHECK(header_of(moved, "Location") == "/h5/?code=1&state=2");
    }
    SUBCASE("HEAD") {
        const auto head = ask(site, "/h5/", "Accept-Encoding: br\r\nConnection: close\r\n", "HEAD");
        CHECK(status_of(head) == 200);
        CHECK(header_of(head, "Content-Length") == "15");
        CHECK(body_of(head).empty());
    }
    SUBCASE("security headers and request id stand here too, each once") {
        const auto answer = ask(site, "/h5/assets/app-B3x_9dQa.js");
        for (const auto* name :
             {"Content-Security-Policy: ",
              "X-Content-Type-Options: nosniff",
              "X-Request-Id: ",
              "Date: ",
              "Content-Type: text/javascript",
              "Cache-Control: ",
              "Content-Length: "}) {
            CHECK(tests::count_of(answer, name) == 1);
        }
    }
}

TEST_CASE("files under a mount, without pages") {
    const built_pages pages;
    const http::static_files files{{pages.folder() / "h5", "/files", false}};
    tests::test_server site{options_with(files)};
    CHECK(status_of(ask(site, "/files/favicon.svg")) == 200);
    CHECK(status_of(ask(site, "/files/")) == 200);
    CHECK(status_of(ask(site, "/files/pay")) == 404);
    CHECK(status_of(ask(site, "/favicon.svg")) == 404);
}

TEST_CASE("a missing or too large folder is an answer, not a crash") {
    const http::static_files missing{{"/nonexistent/dist"}};
    CHECK(missing.empty());
    tests::test_server site{options_with(missing)};
    const auto answer = ask(site, "/h5/");
    CHECK(status_of(answer) == 404);
    CHECK(body_of(answer).find("页面文件还没有部署") != std::string::npos);

    const built_pages pages;
    const http::static_files too_large{{pages.folder(), "", true, 20}};
    CHECK(too_large.empty());
}

TEST_CASE("media types and hashed names") {
    CHECK(http::media_type_of("a/b.JS") == "text/javascript; charset=utf-8");
    CHECK(http::media_type_of("font.woff2") == "font/woff2");
    CHECK(http::media_type_of("noending") == "application/octet-stream");
    for (const auto* hashed :
         {"/h5/assets/app-B3x_9dQa.js",
          "/h5/assets/a.12345678.css",
          "/assets/index-B-xYz12_.js",
          "/assets/x-abcdefg1.woff2"}) {
        CHECK_MESSAGE(http::is_hashed_name(hashed), hashed);
    }
    for (const auto* plain :
         {"/h5/app-B3x_9dQa.js",
          "/h5/assets/app.js",
          "/h5/assets/app-1234567.js",
          "/assets/app-transparent.png",
          "/assets/noending",
          "/assets/.x"}) {
        CHECK_FALSE_MESSAGE(http::is_hashed_name(plain), plain);
    }
}
