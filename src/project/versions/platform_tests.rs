//! The same for the other languages.

use super::languages::check;
use super::*;

#[test]
fn maven() {
    let pom =
        |inner: &str| format!("<project xmlns='http://maven.apache.org/POM/4.0.0'>\n{inner}\n</project>");
    let property =
        |name: &str, value: &str| pom(&format!("<properties><{name}>{value}</{name}></properties>"));
    for (value, verdicts) in [
        ("17", "+17 +17.0.5 +21 +25.0.1 -11 -16.0.2 +21.0.5_11"),
        ("1.8", "+8 +8u432 +11 +25 -7"),
        ("8", "+8u432-b06 +1.8.0_432 +21"),
        ("1.7", "+7 +11 +19 -20 -21"),
        ("6", "+8 +11 -12 -17"),
        ("1.5", "+8 -9"),
        ("${java.release}", "?17"),
        ("seventeen", "?17"),
    ] {
        for name in
            ["maven.compiler.release", "maven.compiler.source", "maven.compiler.target", "java.version"]
        {
            check(Language::Java, &[("pom.xml", &property(name, value), &format!("2 {value}"), verdicts)]);
        }
    }
    let enforced = |range: &str| {
        pom(&format!(
            "<build><plugins><plugin><artifactId>maven-enforcer-plugin</artifactId><executions><execution>\
             <configuration><rules><requireJavaVersion>\n<version>{range}</version></requireJavaVersion></rules>\
             </configuration></execution></executions></plugin></plugins></build>"
        ))
    };
    for (range, verdicts) in [
        ("17", "+17 +21 -11"),
        ("[17,)", "+17.0.0 +21 -11"),
        ("[1.8,1.9)", "+8 +8u432 -9 -11"),
        ("[11,17)", "+11 +16.0.2 -17"),
        ("[11,18)", "+17.0.9 -18"),
        ("(11,)", "+11.0.1 -11.0.0 +12"),
        ("(,17]", "+11 +17.0.0 -17.0.1 ?17"),
        ("(,11),[17,)", "+8 -11 +21"),
        ("[17]", "+17.0.0 -17.0.1"),
        ("[1.8.0-101,1.9)", "+8u101 -8u100 +8"),
        ("[17", "?17"),
        ("(17)", "?17"),
        ("[17,18),", "?17"),
        ("[a,b]", "?17"),
    ] {
        check(Language::Java, &[("pom.xml", &enforced(range), &format!("3 {range}"), verdicts)]);
    }
    let resolved = pom(
        "<properties>\n<jdk>17</jdk>\n<maven.compiler.release>${jdk}</maven.compiler.release></properties>",
    );
    let compiler = pom(
        "<build><plugins><plugin><artifactId>maven-compiler-plugin</artifactId><configuration>\n<release>21</release>\
         </configuration></plugin></plugins></build>",
    );
    check(
        Language::Java,
        &[
            ("pom.xml", &resolved, "4 ${jdk}", "+17 -11"),
            ("pom.xml", &compiler, "3 21", "+21 -17"),
            ("pom.xml", &pom("<modules/>"), "", ""),
        ],
    );
}

#[test]
fn gradle_and_files_of_java() {
    check(
        Language::Java,
        &[
            ("build.gradle", "sourceCompatibility = '11'\n", "1 '11'", "+11 +17 -8"),
            ("build.gradle", "  sourceCompatibility 1.8 // x\n", "1 1.8", "+8 +21"),
            (
                "build.gradle",
                "java {\n  sourceCompatibility = JavaVersion.VERSION_17\n}",
                "2 JavaVersion.VERSION_17",
                "-11 +21",
            ),
            (
                "build.gradle",
                "targetCompatibility = JavaVersion.VERSION_1_8;",
                "1 JavaVersion.VERSION_1_8",
                "+8",
            ),
            ("build.gradle", "// sourceCompatibility = 8\n/* sourceCompatibility\n = 8 */\n", "", ""),
            ("build.gradle", "url 'https://a' // b\ntargetCompatibility = sourceCompatibility", "", ""),
            ("build.gradle", "sourceCompatibility = javaVersion", "1 javaVersion", "?17"),
            (
                "build.gradle",
                "def jdk = JavaVersion.VERSION_21\nsourceCompatibility = jdk",
                "2 jdk",
                "-17 +21",
            ),
            ("build.gradle.kts", "val jdk = \"17\"\njvmToolchain(jdk)\njdk == \"8\"", "2 jdk", "+17 -21"),
            ("build.gradle", "def j = 17\nif (x) j = 21\nsourceCompatibility = j", "3 j", "?17"),
            ("build.gradle", "if (sourceCompatibility < 9) {}", "", ""),
            (
                "build.gradle.kts",
                "java { toolchain {\n languageVersion.set(JavaLanguageVersion.of(17)) } }",
                "2 17",
                "+17.0.5 -21",
            ),
            ("build.gradle.kts", "kotlin {\n jvmToolchain(17)\n}", "2 17", "+17.0.5 -21"),
            ("build.gradle.kts", "options.release.set(11)", "1 11", "+11 +17 -8"),
            (".java-version", "17\n", "1 17", "+17.0.5 -21"),
            (".java-version", "1.8\n", "1 1.8", "+8u432 -11"),
            (
                ".java-version",
                "temurin-21.0.5+11.0.LTS\n",
                "1 temurin-21.0.5+11.0.LTS",
                "+21.0.5 -21.0.6 ?21",
            ),
            (".sdkmanrc", "# a\njava=17.0.5-tem\nmaven=3.9.6", "2 17.0.5-tem", "+17.0.5_8 -21"),
            (".sdkmanrc", "java=22.3.r17-grl", "1 22.3.r17-grl", "?17"),
            (".tool-versions", "java zulu-17.38.21", "1 zulu-17.38.21", "+17.0.5 -21"),
            (".tool-versions", "java graalvm-22.3.1+java17", "1 graalvm-22.3.1+java17", "?17 ?22"),
            (".tool-versions", "java openjdk-26-ea+1", "1 openjdk-26-ea+1", "?26"),
            ("mise.toml", "[tools]\njava = 'temurin-17'", "2 temurin-17", "+17.0.1 -21"),
        ],
    );
}

#[test]
fn ruby() {
    check(
        Language::Ruby,
        &[
            ("Gemfile", "source 'x'\nruby \"3.2.2\"\n", "2 3.2.2", "+3.2.2 -3.2.3 ?3.2 -3.3"),
            ("Gemfile", "ruby '~> 3.2'", "1 ~> 3.2", "+3.2 +3.4.1 -4.0.0 -3.1"),
            ("Gemfile", "ruby '~> 3.2.0' # why", "1 ~> 3.2.0", "+3.2.9 -3.3"),
            ("Gemfile", "ruby '>= 2.7', '< 3.3'", "1 >= 2.7, < 3.3", "+2.7 +3.2 -3.3"),
            ("Gemfile", "ruby('>= 2.7',\n  '< 3.3')", "1 >= 2.7, < 3.3", "+3.2 -3.3"),
            ("Gemfile", "ruby file: '.ruby-version'", "", ""),
            ("Gemfile", "ruby file: 'other'", "1 file: 'other'", "?3.2"),
            ("Gemfile", "ruby '3.1.4', engine: 'jruby', engine_version: '9.4'", "1 3.1.4", "?3.1.4"),
            ("Gemfile", "ruby '3.1.4', engine: 'ruby'", "1 3.1.4", "+3.1.4"),
            ("Gemfile", "ruby '3.1.4', :patchlevel => '1'", "1 3.1.4", "+3.1.4"),
            ("Gemfile", "ruby ENV['RUBY']", "1 ENV['RUBY']", "?3.2"),
            ("Gemfile", "ruby \"#{V}\"", "1 #{V}", "?3.2"),
            ("Gemfile", "ruby '3.2.2' if x", "1 3.2.2", "?3.2.2"),
            ("Gemfile", "gem 'ruby'\nrubygems\n# ruby '2'", "", ""),
            (
                "Gemfile.lock",
                "GEM\n\nRUBY VERSION\n   ruby 3.2.2p53\n\nBUNDLED WITH\n",
                "4 ruby 3.2.2p53",
                "+3.2.2 +3.4 -3.1",
            ),
            (
                "Gemfile.lock",
                "RUBY VERSION\n   ruby 3.1.4p0 (jruby 9.4.5.0)",
                "2 ruby 3.1.4p0 (jruby 9.4.5.0)",
                "?3.2",
            ),
            (".ruby-version", "3.2.2\n", "1 3.2.2", "+3.2.2 -3.2.3"),
            (".ruby-version", "ruby-3.2\n", "1 ruby-3.2", "+3.2.9 -3.3"),
            (".ruby-version", "ruby-2.7.8-p225@set", "1 ruby-2.7.8-p225@set", "+2.7.8 -3.0"),
            (".ruby-version", "jruby-9.4.5.0", "1 jruby-9.4.5.0", "?3.2"),
            (".ruby-version", "3.4.0-preview1", "1 3.4.0-preview1", "?3.4.0"),
            (".tool-versions", "ruby 3.3.0", "1 3.3.0", "+3.3.0 -3.4"),
        ],
    );
}

#[test]
fn php() {
    let file = |require: &str| format!("{{\n\"require\": {{\"php\": \"{require}\", \"ext-a\": \"*\"}}}}");
    for (require, verdicts) in [
        ("^8.1", "+8.1 +8.4.2 -9.0.0 -8.0.30 ?8rc"),
        ("^8.1 || ^9", "+8.1 +9.5"),
        ("~8.1.0", "+8.1.29 +8.1 -8.2"),
        ("8.1.*", "+8.1.29 -8.2"),
        (">=7.4", "+8 +7.4 -7.3"),
        ("8.0 - 8.2", "+8.2.9 -8.3 ?8"),
        ("8.1", "-8.1.29 ?8.1"),
        ("*", "+7 +8.4"),
        ("self.version", "?8"),
    ] {
        check(Language::Php, &[("composer.json", &file(require), &format!("2 {require}"), verdicts)]);
    }
    check(
        Language::Php,
        &[
            (
                "composer.json",
                "{\"require\": {\"php\": \">=8.0\"},\n\"config\": {\"platform\": {\"php\": \"8.1.3\"}}}",
                "1 >=8.0; 2 8.1.3",
                "+8.1.3 +8.1.29 +8.1 -8.1.2 -8.2 -8.0",
            ),
            ("composer.json", "{\"config\": {\"platform\": {\"php\": \"8.2\"}}}", "1 8.2", "+8.2 -8.3"),
            ("composer.json", "{\"config\": {\"platform\": {\"php\": false}}}", "", ""),
            ("composer.json", "{\"require\": {\"a/b\": \"1\"}}", "", ""),
            (".php-version", "8.3\n", "1 8.3", "+8.3.1 -8.4"),
            (".tool-versions", "php 8.2.11", "1 8.2.11", "+8.2.11 -8.3"),
        ],
    );
}

#[test]
fn dotnet() {
    let sdk = |policy: &str| format!("{{ // sdk\n \"sdk\": {{\"version\": \"8.0.404\"{policy}}} /* a */}}");
    for (policy, verdicts) in [
        ("", "+8.0.404 +8.0.499 -8.0.403 -8.0.500 ?8.0 -9.0 ?8.0.11 -9.0.1"),
        (", \"rollForward\": \"patch\"", "+8.0.405 -8.0.500"),
        (", \"rollForward\": \"latestPatch\"", "+8.0.405 -8.0.500"),
        (", \"rollForward\": \"feature\"", "+8.0.500 -8.0.302 +8.0 -8.1 -9.0 +8.0.11"),
        (", \"rollForward\": \"latestFeature\"", "+8.0.500 +8.0 -9.0"),
        (", \"rollForward\": \"minor\"", "+8.1.100 +8.0 -9.0"),
        (", \"rollForward\": \"latestMinor\"", "+8.1.100 -9.0"),
        (", \"rollForward\": \"major\"", "+10.0 -6.0 +8.0"),
        (", \"rollForward\": \"LatestMajor\"", "+10.0.100 -8.0.100"),
        (", \"rollForward\": \"disable\"", "+8.0.404 -8.0.405 ?8.0"),
        (", \"rollForward\": \"sideways\"", "?8.0"),
        (", \"rollForward\": 1", "?8.0"),
    ] {
        check(Language::Dotnet, &[("global.json", &sdk(policy), "2 8.0.404", verdicts)]);
    }
    let target =
        |inner: &str| format!("<Project Sdk=\"a\">\n<PropertyGroup>{inner}</PropertyGroup></Project>");
    for (inner, said, verdicts) in [
        ("<TargetFramework>net8.0</TargetFramework>", "2 net8.0", "+8.0 +8.0.11 -9.0 -6.0 ?8"),
        ("<TargetFramework>netcoreapp3.1</TargetFramework>", "2 netcoreapp3.1", "+3.1 -6.0"),
        ("<TargetFrameworks>net6.0;net8.0</TargetFrameworks>", "2 net6.0;net8.0", "+6.0 +8.0 -7.0"),
        ("<TargetFrameworks>net48;net8.0-linux</TargetFrameworks>", "2 net48;net8.0-linux", "+8.0 -9.0"),
        ("<TargetFramework>net48</TargetFramework>", "2 net48", "?8.0"),
        ("<TargetFramework>netstandard2.0</TargetFramework>", "", ""),
        ("<TargetFramework>$(Framework)</TargetFramework>", "2 $(Framework)", "?8.0"),
        ("<TargetFramework Condition=\"a\">net8.0</TargetFramework>", "2 net8.0", "?8.0"),
        (
            "<TargetFramework>net8.0</TargetFramework><RollForward>Major</RollForward>",
            "2 net8.0",
            "+9.0 -6.0",
        ),
        ("<Nullable>enable</Nullable>", "", ""),
    ] {
        for file in ["App.csproj", "App.fsproj", "Directory.Build.props", "Directory.Packages.props"] {
            check(Language::Dotnet, &[(file, &target(inner), said, verdicts)]);
        }
    }
    check(
        Language::Dotnet,
        &[
            ("global.json", "{\"msbuild-sdks\": {\"a\": \"1\"}}", "", ""),
            ("global.json", "{\"sdk\": {\"version\": \"8.0\"}}", "1 8.0", "?8.0"),
            (
                "global.json",
                "{\"sdk\": {\"version\": \"10.0.100-rc.1\"}}",
                "1 10.0.100-rc.1",
                "+10.0.100 -10.0.200 -9.0",
            ),
            ("src/App.csproj", NET8, "", ""),
            (".tool-versions", "dotnet-core 8.0.404", "1 8.0.404", "+8.0.404 ?8.0 -9.0"),
        ],
    );
}
